package io.lamella.cli;

import io.lamella.model.Codec;
import io.lamella.model.Refusal;
import io.lamella.model.SessionControl;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A command or console in an instance: a WebSocket whose messages start with the byte of their channel. Standard input
 * is sent by a thread of its own; {@link #await} receives on the caller's.
 */
final class RemoteSession implements AutoCloseable {
    private static final int BUFFER = 32_768;

    private final WebSocket socket;
    private volatile boolean detached;

    RemoteSession(WebSocket socket) {
        this.socket = socket;
    }

    /** What becomes of the bytes on their way to standard input. */
    interface Filter {
        /** Changes {@code bytes} in place and returns how many are to be sent, or -1 to detach. */
        int apply(byte[] bytes, int length);
    }

    /** Sends {@code in} until its end, then that it has ended. */
    void forward(InputStream in, Filter filter) {
        Thread.ofPlatform().daemon().name("stdin").start(() -> {
            byte[] buffer = new byte[BUFFER];
            try {
                for (int n = in.read(buffer, 0, BUFFER / 2); n >= 0; n = in.read(buffer, 0, BUFFER / 2)) {
                    int left = filter.apply(buffer, n);
                    if (left < 0) {
                        detached = true;
                        socket.close();
                        return;
                    }
                    if (left > 0) {
                        socket.send(SessionControl.STDIN, buffer, left);
                    }
                }
                control(SessionControl.endOfInput());
            } catch (IOException e) {
                // the session has ended, which await reports
            }
        });
    }

    void resize(int columns, int rows) {
        try {
            control(SessionControl.resizedTo(columns, rows));
        } catch (IOException | Refusal e) {
            // a size that no terminal has, or a session that has ended, which await reports
        }
    }

    private void control(SessionControl message) throws IOException {
        byte[] json = Codec.write(message).getBytes(StandardCharsets.UTF_8);
        socket.send(SessionControl.CONTROL, json, json.length);
    }

    /** Copies what arrives until the command's end; returns its exit code, or empty where the user has detached. */
    Optional<Integer> await(OutputStream out, OutputStream err) throws IOException {
        try {
            for (Optional<byte[]> m = socket.receive(); m.isPresent(); m = socket.receive()) {
                byte[] message = m.get();
                if (message.length == 0) {
                    continue;
                }
                switch (message[0]) {
                    case SessionControl.STDOUT -> write(out, message);
                    case SessionControl.STDERR -> write(err, message);
                    case SessionControl.CONTROL -> {
                        String json = new String(message, 1, message.length - 1, StandardCharsets.UTF_8);
                        Optional<Integer> exit =
                                Api.read(SessionControl.class, json).exit();
                        if (exit.isPresent()) {
                            return exit;
                        }
                    }
                    default -> {} // a channel that a newer daemon has
                }
            }
        } catch (IOException e) {
            if (!detached) {
                throw e;
            }
        }
        if (detached) {
            return Optional.empty();
        }
        throw Failure.failed("the daemon ended the session before the command ended");
    }

    private static void write(OutputStream to, byte[] message) throws IOException {
        to.write(message, 1, message.length - 1);
        to.flush();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
