package io.lamella.api;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The least of an HTTP/1.1 client that a Unix socket needs. */
final class UnixClient implements AutoCloseable {
    private final SocketChannel channel;
    private final InputStream in;

    UnixClient(Path socket) throws IOException {
        channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(socket));
        in = Channels.newInputStream(channel);
    }

    record Answer(int status, Map<String, String> headers, String body) {
        String header(String name) {
            return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
        }
    }

    static Answer call(Path socket, String method, String path) throws IOException {
        return call(socket, method, path, "");
    }

    static Answer call(Path socket, String method, String path, String json) throws IOException {
        try (UnixClient client = new UnixClient(socket)) {
            return client.call(method, path, json);
        }
    }

    Answer call(String method, String path, String json) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        String type = json.isEmpty() ? "" : "Content-Type: application/json\r\n";
        send(method + " " + path + " HTTP/1.1\r\nHost: node\r\n" + type + "Content-Length: " + body.length + "\r\n\r\n"
                + json);
        return answer();
    }

    void send(String text) throws IOException {
        send(text.getBytes(StandardCharsets.UTF_8));
    }

    void send(byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    Answer answer() throws IOException {
        String[] status = line().split(" ", 3);
        if (status.length < 2) {
            throw new IOException("closed without an answer");
        }
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        boolean bodiless = status[1].equals("204") || status[1].equals("100") || status[1].equals("101");
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        if (headers.containsKey("content-length")) {
            body.write(in.readNBytes(Integer.parseInt(headers.get("content-length"))));
        } else if (headers.containsKey("transfer-encoding")) {
            for (String chunk = chunk(); !chunk.isEmpty(); chunk = chunk()) {
                body.writeBytes(chunk.getBytes(StandardCharsets.UTF_8));
            }
        } else if (!bodiless) {
            body.write(in.readAllBytes());
        }
        return new Answer(Integer.parseInt(status[1]), headers, body.toString(StandardCharsets.UTF_8));
    }

    /** The status and headers alone, for an answer that goes on. */
    int head() throws IOException {
        int status = Integer.parseInt(line().split(" ", 3)[1]);
        while (!line().isEmpty()) {}
        return status;
    }

    /** The next chunk of a chunked answer; empty at its end. The server ends a chunk's line with the next chunk. */
    String chunk() throws IOException {
        String length = line();
        if (length.isEmpty()) {
            length = line();
        }
        return new String(in.readNBytes(length.isEmpty() ? 0 : Integer.parseInt(length, 16)), StandardCharsets.UTF_8);
    }

    /** Whether the answer ends here, as it should: with a chunk of length 0. */
    boolean lastChunk() throws IOException {
        String length = line();
        return (length.isEmpty() ? line() : length).equals("0");
    }

    /** A whole WebSocket message from the server, shorter than 126 bytes. */
    byte[] message() throws IOException {
        int kind = in.read();
        if (kind != 0x82) {
            throw new IOException("not a binary message: " + kind);
        }
        return in.readNBytes(in.read());
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            if (c != '\r') {
                line.write(c);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
