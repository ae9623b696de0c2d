package io.lamella.systemtest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** One HTTP request over a Unix socket; deliberately not the CLI's client. */
final class Http {
    private Http() {}

    record Reply(int status, String body) {
        String ok() {
            if (status / 100 != 2) {
                throw new AssertionError(status + " " + body);
            }
            return body;
        }
    }

    /** Sends and reads to the end of the connection; an {@link IOException} where the server dies meanwhile. */
    static Reply call(Path socket, String method, String path, String json) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        String head = method + " " + path + " HTTP/1.1\r\nHost: node\r\nConnection: close\r\n"
                + (body.length > 0 ? "Content-Type: application/json\r\n" : "")
                + "Content-Length: " + body.length + "\r\n\r\n";
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            write(channel, head.getBytes(StandardCharsets.ISO_8859_1));
            write(channel, body);
            return parse(readAll(channel));
        }
    }

    private static void write(SocketChannel channel, byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    private static byte[] readAll(SocketChannel channel) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        ByteBuffer buffer = ByteBuffer.allocate(65_536);
        while (channel.read(buffer) >= 0) {
            all.write(buffer.array(), 0, buffer.position());
            buffer.clear();
        }
        return all.toByteArray();
    }

    private static Reply parse(byte[] bytes) throws IOException {
        String text = new String(bytes, StandardCharsets.UTF_8);
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            throw new IOException("the server closed the connection before its answer");
        }
        String head = text.substring(0, end);
        String body = text.substring(end + 4);
        if (head.toLowerCase(java.util.Locale.ROOT).contains("transfer-encoding: chunked")) {
            body = unchunk(body);
        }
        return new Reply(Integer.parseInt(head.substring(9, 12)), body);
    }

    private static String unchunk(String body) throws IOException {
        StringBuilder all = new StringBuilder();
        int at = 0;
        while (true) {
            int line = body.indexOf("\r\n", at);
            if (line < 0) {
                throw new IOException("the server closed the connection within its answer");
            }
            int size = Integer.parseInt(body.substring(at, line).strip(), 16);
            if (size == 0) {
                return all.toString();
            }
            all.append(body, line + 2, line + 2 + size); // ASCII in these tests: bytes are characters
            at = line + 2 + size + 2;
        }
    }
}
