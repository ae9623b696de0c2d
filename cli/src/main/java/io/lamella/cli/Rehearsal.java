package io.lamella.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Runs {@code lamella list} and {@code lamella show} with a daemon that is played, so that the JVM's ahead-of-time cache, which is made from one
 * run, holds what a real one needs. The package's build calls it, where no daemon runs.
 */
final class Rehearsal {
    private static final String INSTANCE = """
            {"id":"00000000-0000-0000-0000-000000000001","slice":"a","name":"web",
             "spec":{"name":"web","image":"busybox","backend":"lxc","cpus":"1","cpuWeight":100,"memory":"64M","pids":64,
              "nics":[{"network":"lan","address":"10.0.0.2"}],
              "autostart":{"enabled":true,"priority":0,"delaySeconds":0}},
             "status":{"state":"running","backend":"lxc","cpus":"1","pid":42},
             "ports":[{"id":"00000000-0000-0000-0000-000000000002","slice":"a","network":"lan","instance":"web",
              "index":0,"mac":"02:00:00:00:00:01","address":"10.0.0.2","prefix":24,"segment":1,"switchPort":1}],
             "kernel":{"cpus":"1","memoryLimit":"64M","memoryUsed":"1M","cpuNanos":1,"processes":1,
              "addresses":["10.0.0.2/24"]},
             "createdAt":"2025-01-01T00:00:00Z"}""";

    private Rehearsal() {}

    static int run(Invocation in) throws IOException {
        Path directory = Files.createTempDirectory("lamella-rehearsal");
        Path socket = directory.resolve("socket");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            Thread.ofPlatform().daemon().start(() -> answer(server));
            Environment quiet = new Environment(
                    Map.of("LAMELLA_SOCKET", socket.toString()),
                    InputStream.nullInputStream(),
                    new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8),
                    in.err(),
                    false,
                    false,
                    false);
            int list = Main.run(quiet, "list");
            return Math.max(list, Main.run(quiet, "show", "a/web"));
        } finally {
            Files.deleteIfExists(socket);
            Files.delete(directory);
        }
    }

    private static void answer(ServerSocketChannel server) {
        for (String body : List.of("[" + INSTANCE + "]", INSTANCE)) {
            String answer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + Integer.toHexString(body.length()) + "\r\n" + body + "\r\n0\r\n\r\n";
            try (SocketChannel channel = server.accept()) {
                HttpHead.line(Channels.newInputStream(channel));
                channel.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8)));
            } catch (IOException e) {
                return; // the command reports that it had no answer
            }
        }
    }
}
