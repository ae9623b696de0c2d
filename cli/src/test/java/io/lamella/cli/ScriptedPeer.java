package io.lamella.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

/** Plays the daemon byte for byte: on each connection it reads one request and writes the next answer of its script. */
final class ScriptedPeer implements AutoCloseable {
    final Path socket;
    /** Each request as it came: head and body. */
    final List<String> requests = Collections.synchronizedList(new ArrayList<>());

    private final ServerSocketChannel server;
    private final Deque<Answer> script = new ArrayDeque<>();

    /** What is done after a request has been read. */
    @FunctionalInterface
    interface Answer {
        void give(InputStream in, SocketChannel channel, String request) throws IOException;
    }

    ScriptedPeer(Path directory) throws IOException {
        socket = directory.resolve("peer.sock");
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        Thread.ofPlatform().daemon().start(this::serve);
    }

    ScriptedPeer answer(int status, String body) {
        return raw("HTTP/1.1 " + status + " Whatever\r\nContent-Type: application/json\r\nContent-Length: "
                + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body);
    }

    ScriptedPeer raw(String bytes) {
        return then((in, channel, request) -> write(channel, bytes.getBytes(StandardCharsets.UTF_8)));
    }

    synchronized ScriptedPeer then(Answer answer) {
        script.add(answer);
        return this;
    }

    static void write(SocketChannel channel, byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    private synchronized Answer next() {
        return script.isEmpty() ? (in, channel, request) -> {} : script.removeFirst();
    }

    private void serve() {
        while (server.isOpen()) {
            try (SocketChannel channel = server.accept()) {
                InputStream in = Channels.newInputStream(channel);
                String request = read(in);
                requests.add(request);
                next().give(in, channel, request);
            } catch (IOException e) {
                // the client or the test has ended
            }
        }
    }

    private static String read(InputStream in) throws IOException {
        StringBuilder text = new StringBuilder();
        int length = 0;
        boolean chunked = false;
        for (String line = HttpHead.line(in); !line.isEmpty(); line = HttpHead.line(in)) {
            text.append(line).append('\n');
            length = line.startsWith("Content-Length: ") ? Integer.parseInt(line.substring(16)) : length;
            chunked |= line.equals("Transfer-Encoding: chunked");
        }
        InputStream body = chunked ? new HttpBody.Chunked(in) : new HttpBody.Fixed(in, length);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        body.transferTo(bytes);
        return text.append('\n').append(bytes.toString(StandardCharsets.UTF_8)).toString();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
