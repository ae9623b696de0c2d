package io.lamella.backend.kvm;

import io.lamella.compute.Backend.ExecRequest;
import io.lamella.compute.Session;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A command that QEMU's guest agent runs (its guest-exec). The agent takes the input as a whole and gives the output as a
 * whole: so the command starts when its input has ended, and shows nothing before it has ended itself.
 */
final class QemuAgentSession implements Session {
    private static final Map<String, String> ENVIRONMENT = Map.of(
            "PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME", "/root", "USER", "root");

    private static final int MOST_INPUT = 1 << 18;
    private static final int NOT_STARTED = 127;
    /** As if it had got SIGKILL. */
    private static final int LOST = 137;

    private static final long FIRST_PAUSE_MILLIS = 20;
    private static final long LONGEST_PAUSE_MILLIS = 500;

    private final QemuAgent agent;
    private final ExecRequest request;
    private final AtomicBoolean begun = new AtomicBoolean();
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    private volatile long pid;

    private record Outcome(int code, byte[] output, byte[] error) {}

    QemuAgentSession(QemuAgent agent, ExecRequest request) {
        this.agent = agent;
        this.request = request;
    }

    @Override
    public OutputStream input() {
        return new ByteArrayOutputStream() {
            @Override
            public synchronized void write(byte[] bytes, int offset, int length) {
                if (size() + length > MOST_INPUT) {
                    fail(LOST, "the input is larger than the " + MOST_INPUT + " bytes that a guest agent is given");
                    return;
                }
                super.write(bytes, offset, length);
            }

            @Override
            public void close() {
                if (begun.compareAndSet(false, true)) {
                    byte[] input = toByteArray();
                    Thread.ofVirtual().name("guest-exec").start(() -> run(input));
                }
            }
        };
    }

    private void run(byte[] input) {
        try {
            Map<String, String> environment = new HashMap<>(ENVIRONMENT);
            environment.putAll(request.environment());
            Map<String, Object> started = QmpMessage.object(agent.execute(
                            "guest-exec",
                            Map.of(
                                    "path",
                                    request.command().getFirst(),
                                    "arg",
                                    request.command()
                                            .subList(1, request.command().size()),
                                    "env",
                                    new TreeMap<>(environment)
                                            .entrySet().stream()
                                                    .map(e -> e.getKey() + "=" + e.getValue())
                                                    .toList(),
                                    "input-data",
                                    Base64.getEncoder().encodeToString(input),
                                    "capture-output",
                                    true)))
                    .orElse(Map.of());
            pid = started.get("pid") instanceof Number number ? number.longValue() : 0;
        } catch (QmpException e) {
            fail(NOT_STARTED, String.valueOf(e.getMessage()));
            return;
        }
        try {
            for (long pause = FIRST_PAUSE_MILLIS;
                    !outcome.isDone();
                    pause = Math.min(LONGEST_PAUSE_MILLIS, pause * 2)) {
                Map<String, Object> status = QmpMessage.object(agent.execute("guest-exec-status", Map.of("pid", pid)))
                        .orElse(Map.of());
                if (Boolean.TRUE.equals(status.get("exited"))) {
                    outcome.complete(new Outcome(code(status), data(status, "out-data"), data(status, "err-data")));
                    return;
                }
                Thread.sleep(pause);
            }
        } catch (QmpException | IllegalArgumentException e) {
            fail(LOST, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static int code(Map<String, Object> status) {
        return status.get("signal") instanceof Number signal
                ? 128 + (signal.intValue() & 0x7f)
                : status.get("exitcode") instanceof Number exit ? exit.intValue() & 0xff : LOST;
    }

    private static byte[] data(Map<String, Object> status, String key) {
        return status.get(key) instanceof String text ? Base64.getDecoder().decode(text) : new byte[0];
    }

    private void fail(int code, String sentence) {
        byte[] words = (sentence + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8);
        outcome.complete(new Outcome(code, new byte[0], words));
    }

    /** What there is to read once the command has ended. */
    private final class Late extends InputStream {
        private final boolean error;
        private @Nullable InputStream bytes;

        Late(boolean error) {
            this.error = error;
        }

        private InputStream bytes() throws IOException {
            InputStream known = bytes;
            if (known == null) {
                try {
                    Outcome ended = outcome.join();
                    known = new ByteArrayInputStream(error ? ended.error() : ended.output());
                    bytes = known;
                } catch (CompletionException | CancellationException e) {
                    throw new IOException("the session was closed", e);
                }
            }
            return known;
        }

        @Override
        public int read() throws IOException {
            return bytes().read();
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            return bytes().read(target, offset, length);
        }
    }

    @Override
    public InputStream output() {
        return new Late(false);
    }

    @Override
    public InputStream error() {
        return new Late(true);
    }

    /** There is no terminal. */
    @Override
    public void resize(int columns, int rows) {}

    @Override
    public int await() throws InterruptedException {
        try {
            return outcome.get().code();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        begun.set(true);
        boolean running = !outcome.isDone() && pid > 0;
        fail(LOST, "the session was closed");
        if (running) {
            Thread.ofVirtual().name("guest-kill").start(this::kill);
        }
    }

    private void kill() {
        try {
            List<String> words = List.of("-KILL", String.valueOf(pid));
            agent.execute("guest-exec", Map.of("path", "kill", "arg", words));
        } catch (QmpException e) {
            return; // the machine has ended, or its agent has
        }
    }
}
