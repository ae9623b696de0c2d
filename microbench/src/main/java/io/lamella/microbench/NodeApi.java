package io.lamella.microbench;

import io.lamella.model.Codec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The daemon's API over its Unix socket, one connection a call, by HTTP/1.0 (RFC 1945): a body ends with it. */
final class NodeApi {
    private final Path socket;

    NodeApi(Path socket) {
        this.socket = socket;
    }

    String get(String path) {
        return call("GET", path, "");
    }

    String post(String path, Object body) {
        return call("POST", path, Codec.write(body));
    }

    String put(String path, Object body) {
        return call("PUT", path, Codec.write(body));
    }

    void post(String path) {
        call("POST", path, "");
    }

    void delete(String path) {
        call("DELETE", path, "");
    }

    /** Whether somebody answers. */
    boolean answers() {
        try {
            get("/node");
            return true;
        } catch (BenchmarkException e) {
            return false;
        }
    }

    private String call(String method, String path, String body) {
        byte[] content = body.getBytes(StandardCharsets.UTF_8);
        String head = method + " /v1" + path + " HTTP/1.0\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: " + content.length + "\r\n\r\n";
        String answer;
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            write(channel, head.getBytes(StandardCharsets.US_ASCII));
            write(channel, content);
            answer = read(channel);
        } catch (IOException e) {
            throw new BenchmarkException("the daemon at " + socket + " does not answer: " + e.getMessage());
        }
        int end = answer.indexOf("\r\n\r\n");
        String[] status = answer.split(" ", 3);
        if (end < 0 || status.length < 3) {
            throw new BenchmarkException("the daemon's answer to " + method + " " + path + " is no HTTP: " + answer);
        }
        String text = answer.substring(end + 4);
        if (!status[1].startsWith("2")) {
            throw new BenchmarkException(method + " " + path + " is refused: " + status[1] + " " + text);
        }
        return text;
    }

    private static void write(SocketChannel channel, byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    private static String read(SocketChannel channel) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        ByteBuffer buffer = ByteBuffer.allocate(16_384);
        while (channel.read(buffer) >= 0) {
            all.write(buffer.array(), 0, buffer.position());
            buffer.clear();
        }
        return all.toString(StandardCharsets.UTF_8);
    }
}
