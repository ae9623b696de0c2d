package io.lamella.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.assertj.core.api.Assertions;

class ServerEventsFuzz {
    private static List<String> read(byte[] bytes) throws IOException {
        ServerEvents events = new ServerEvents(new ByteArrayInputStream(bytes));
        List<String> all = new ArrayList<>();
        for (Optional<String> e = events.next(); e.isPresent(); e = events.next()) {
            all.add(e.get());
        }
        return all;
    }

    @Property(tries = 2000)
    void anyBytesAreRead(@ForAll byte[] bytes) throws IOException {
        assertThat(read(bytes)).isNotNull();
    }

    @Example
    void theFormsOfTheStandard() throws IOException {
        String text = ":\n\ndata: one\n\nevent: x\r\ndata:two\r\ndata: three\r\n\r\nid: 4\rdata\r\rdata: cut off";
        assertThat(read(text.getBytes(StandardCharsets.UTF_8))).containsExactly("one", "two\nthree", "");
    }

    @Example
    void anEndlessLineIsRefused() {
        byte[] bytes = new byte[ServerEvents.MAX + 10];
        Assertions.assertThatThrownBy(() -> read(bytes)).isInstanceOf(ProtocolException.class);
    }
}
