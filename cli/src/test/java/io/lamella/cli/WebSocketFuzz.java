package io.lamella.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ProtocolException;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class WebSocketFuzz {
    private static void readAll(byte[] bytes) throws IOException {
        WebSocket socket = new WebSocket(new ByteArrayInputStream(bytes), OutputStream.nullOutputStream(), () -> {});
        Optional<byte[]> message = socket.receive();
        while (message.isPresent()) {
            message = socket.receive();
        }
    }

    @Property(tries = 3000)
    void anyBytesAreReadOrRefused(@ForAll byte[] bytes) throws IOException {
        try {
            readAll(bytes);
        } catch (ProtocolException e) {
            // the declared exception
        }
    }

    @Property(tries = 2000)
    void framesWithAnyHeadAreReadOrRefused(
            @ForAll @Size(max = 6) List<@IntRange(max = 255) Integer> heads,
            @ForAll @IntRange(max = 255) int length,
            @ForAll byte[] rest)
            throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int head : heads) {
            bytes.write(head & 0x8f);
            bytes.write(length);
            bytes.writeBytes(rest);
        }
        try {
            readAll(bytes.toByteArray());
        } catch (ProtocolException e) {
            // the declared exception
        }
    }

    @Property(tries = 500)
    void whatAClientSendsAServerReads(@ForAll @Size(max = 70_000) byte[] payload) throws IOException {
        ByteArrayOutputStream wire = new ByteArrayOutputStream();
        new WebSocket(new ByteArrayInputStream(new byte[0]), wire, () -> {}).send((byte) 0, payload, payload.length);
        byte[] message = ServerSide.receive(new ByteArrayInputStream(wire.toByteArray()));
        assertThat(message).hasSize(payload.length + 1).startsWith(0).endsWith(payload);
    }
}
