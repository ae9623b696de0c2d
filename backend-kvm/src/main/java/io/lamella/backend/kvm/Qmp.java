package io.lamella.backend.kvm;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A client of QEMU's monitor over its Unix socket (QEMU Machine Protocol). Any thread may execute commands; they are
 * answered in any order.
 */
final class Qmp implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final SocketChannel channel;
    private final AtomicLong ids = new AtomicLong();
    private final Map<Long, CompletableFuture<QmpMessage>> pending = new ConcurrentHashMap<>();
    private final CompletableFuture<QmpMessage> greeting = new CompletableFuture<>();
    private volatile boolean ended;

    private Qmp(SocketChannel channel) {
        this.channel = channel;
    }

    /** Connects and leaves the monitor ready for commands. */
    static Qmp connect(Path socket) {
        try {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                channel.connect(UnixDomainSocketAddress.of(socket));
            } catch (IOException e) {
                channel.close();
                throw e;
            }
            Qmp qmp = new Qmp(channel);
            Thread.ofVirtual().name("qmp").start(qmp::receive);
            try {
                qmp.await("greeting", qmp.greeting, PATIENCE);
                qmp.execute("qmp_capabilities", Map.of());
                return qmp;
            } catch (QmpException e) {
                qmp.close();
                throw e;
            }
        } catch (IOException e) {
            throw new QmpException("QEMU's monitor cannot be reached: " + e.getMessage(), e);
        }
    }

    /** Whether the connection has ended, with QEMU or without. */
    boolean ended() {
        return ended;
    }

    @Nullable
    Object execute(String command, Map<String, ?> arguments) {
        return execute(command, arguments, PATIENCE);
    }

    /** Carries out a command and returns what it returned. */
    @Nullable
    Object execute(String command, Map<String, ?> arguments, Duration patience) {
        long id = ids.incrementAndGet();
        CompletableFuture<QmpMessage> answer = new CompletableFuture<>();
        pending.put(id, answer);
        try {
            if (ended) {
                throw new QmpException("QEMU's monitor has ended");
            }
            send(QmpMessage.write(Map.of("execute", command, "arguments", arguments, "id", id)));
            QmpMessage message = await(command, answer, patience);
            if (message instanceof QmpMessage.Failure failure) {
                throw new QmpException(command + ": " + failure.description());
            }
            return message instanceof QmpMessage.Result result ? result.value() : null;
        } finally {
            pending.remove(id);
        }
    }

    private synchronized void send(String line) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            throw new QmpException("QEMU's monitor does not listen: " + e.getMessage(), e);
        }
    }

    private QmpMessage await(String what, CompletableFuture<QmpMessage> answer, Duration patience) {
        try {
            return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new QmpException(what + " was interrupted", e);
        } catch (TimeoutException e) {
            throw new QmpException(what + " was not answered within " + patience.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            throw new QmpException("QEMU's monitor ended before it answered " + what, e);
        }
    }

    private void receive() {
        try (BufferedReader in =
                new BufferedReader(new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8))) {
            StringBuilder line = new StringBuilder();
            for (int c = in.read(); c >= 0; c = in.read()) {
                if (c != '\n') {
                    line.append((char) c);
                    if (line.length() > QmpMessage.LONGEST) {
                        throw new QmpException("QEMU sent a line without end");
                    }
                } else if (!line.toString().isBlank()) {
                    take(QmpMessage.parse(line.toString()));
                    line.setLength(0);
                }
            }
            end(new QmpException("QEMU's monitor ended"));
        } catch (IOException | QmpException e) {
            end(e);
        }
    }

    private void take(QmpMessage message) {
        switch (message) {
            case QmpMessage.Greeting hello -> greeting.complete(hello);
            case QmpMessage.Result result -> answer(result.id(), result);
            case QmpMessage.Failure failure -> answer(failure.id(), failure);
            case QmpMessage.Event event -> {} // states are asked for when they are needed
        }
    }

    private void answer(long id, QmpMessage message) {
        CompletableFuture<QmpMessage> waiting = pending.get(id);
        if (waiting != null) {
            waiting.complete(message);
        }
    }

    private void end(Exception cause) {
        ended = true;
        greeting.completeExceptionally(cause);
        pending.values().forEach(waiting -> waiting.completeExceptionally(cause));
    }

    @Override
    public void close() {
        ended = true;
        try {
            channel.close();
        } catch (IOException e) {
            return; // it is gone either way
        }
    }
}
