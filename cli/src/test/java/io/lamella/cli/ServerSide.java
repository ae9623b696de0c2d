package io.lamella.cli;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The server's side of RFC 6455, written from the RFC for the tests: unmasks what clients send. */
final class ServerSide {
    private ServerSide() {}

    /** The payload of the next frame of data; the empty array for a close frame. */
    static byte[] receive(InputStream in) throws IOException {
        DataInputStream data = new DataInputStream(in);
        int opcode = data.readUnsignedByte() & 15;
        int second = data.readUnsignedByte();
        if ((second & 0x80) == 0) {
            throw new IOException("a client must mask");
        }
        long length = second & 0x7f;
        if (length == 126) {
            length = data.readUnsignedShort();
        } else if (length == 127) {
            length = data.readLong();
        }
        byte[] mask = data.readNBytes(4);
        byte[] payload = data.readNBytes((int) length);
        for (int i = 0; i < payload.length; i++) {
            payload[i] ^= mask[i % 4];
        }
        return opcode == 8 ? new byte[0] : payload;
    }

    static byte[] frame(int first, byte[] payload) {
        ByteBuffer frame = ByteBuffer.allocate(payload.length + 10).put((byte) first);
        if (payload.length < 126) {
            frame.put((byte) payload.length);
        } else {
            frame.put((byte) 126).putShort((short) payload.length);
        }
        frame.put(payload);
        byte[] bytes = new byte[frame.position()];
        frame.flip().get(bytes);
        return bytes;
    }

    /** A whole binary message: the byte of its channel, then text. */
    static byte[] message(int channel, String text) {
        byte[] payload = (" " + text).getBytes(StandardCharsets.UTF_8);
        payload[0] = (byte) channel;
        return frame(0x82, payload);
    }
}
