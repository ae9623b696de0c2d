package io.lamella.api;

import io.lamella.compute.Session;
import io.lamella.model.Codec;
import io.lamella.model.Refusal;
import io.lamella.model.SessionControl;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.StatusCode;
import org.eclipse.jetty.websocket.server.ServerUpgradeRequest;
import org.eclipse.jetty.websocket.server.ServerUpgradeResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A command or console over WebSocket ({@link SessionControl} describes the messages). Whoever is slow slows the other:
 * the next message is asked for when the last one is written, and output is read when the last is sent. The end of
 * either side ends the other. Public for Jetty alone, which looks up its methods by reflection.
 */
public final class SessionSocket implements org.eclipse.jetty.websocket.api.Session.Listener {
    static final int MAX_MESSAGE = 1 << 17;

    private static final Logger LOG = LoggerFactory.getLogger(SessionSocket.class);
    private static final int CHUNK = 16 << 10;
    /** So often the client's presence is tested, for while a command reads nothing its going away is not seen. */
    private static final Duration PING = Duration.ofSeconds(10);
    /** What a command's children may still say after its end. */
    private static final Duration LAST_WORDS = Duration.ofMillis(500);

    private final Session session;
    private final OpenStreams streams;
    private final Runnable ending = this::end;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final ConcurrentLinkedQueue<Thread> threads = new ConcurrentLinkedQueue<>();
    /** Holds one message at most, since one is asked for at a time. */
    private final BlockingQueue<byte[]> inbound = new LinkedBlockingQueue<>();

    private volatile Optional<org.eclipse.jetty.websocket.api.Session> client = Optional.empty();

    SessionSocket(Session session, OpenStreams streams) {
        this.session = session;
        this.streams = streams;
    }

    /** Takes part in the handshake, without compression: what terminals say is short, and memory is dear. */
    Object accept(
            ServerUpgradeRequest request, ServerUpgradeResponse response, org.eclipse.jetty.util.Callback callback) {
        response.setExtensions(List.of());
        return this;
    }

    @Override
    public void onWebSocketOpen(org.eclipse.jetty.websocket.api.Session opened) {
        client = Optional.of(opened);
        try {
            streams.add(ending);
        } catch (Refusal stopping) {
            opened.close(StatusCode.SHUTDOWN, stopping.getMessage(), Callback.NOOP);
            end();
            return;
        }
        OutputPump output = new OutputPump(session.output(), SessionControl.STDOUT);
        OutputPump error = new OutputPump(session.error(), SessionControl.STDERR);
        start("input", this::writeInput);
        start("ping", this::ping);
        Thread outputThread = start("output", output);
        Thread errorThread = start("error", error);
        start("exit", () -> reportExit(outputThread, output, errorThread, error));
        opened.demand();
    }

    private Thread start(String name, Work work) {
        Thread thread = Thread.ofVirtual().name("session " + name).unstarted(() -> run(work));
        threads.add(thread);
        thread.start();
        if (ended.get()) {
            thread.interrupt();
        }
        return thread;
    }

    private void run(Work work) {
        try {
            work.run();
        } catch (InterruptedException e) {
            LOG.debug("A session's thread was told to end"); // by end()
        } catch (IOException | RuntimeException e) {
            LOG.debug("A session was cut off", e);
            end();
        }
    }

    @Override
    public void onWebSocketBinary(ByteBuffer payload, Callback callback) {
        byte[] message = new byte[payload.remaining()];
        payload.get(message);
        callback.succeed();
        inbound.add(message);
    }

    @Override
    public void onWebSocketText(String message) {
        violation(StatusCode.BAD_DATA, "messages must be binary");
    }

    @Override
    public void onWebSocketClose(int code, String reason, Callback callback) {
        end();
        callback.succeed();
    }

    @Override
    public void onWebSocketError(Throwable cause) {
        LOG.debug("A session's connection failed", cause);
        end();
    }

    private void writeInput() throws IOException, InterruptedException {
        OutputStream input = session.input();
        boolean open = true;
        while (true) {
            byte[] message = inbound.take();
            if (message.length > 0 && message[0] == SessionControl.STDIN) {
                open = open && write(input, message);
            } else if (message.length > 0 && message[0] == SessionControl.CONTROL) {
                open = control(message, input, open);
            } else {
                violation(StatusCode.POLICY_VIOLATION, "a message must begin with channel 0 or 3");
                return;
            }
            client.ifPresent(org.eclipse.jetty.websocket.api.Session::demand);
        }
    }

    /** False once the command takes no more input, which is no reason to end it. */
    private static boolean write(OutputStream input, byte[] message) {
        try {
            input.write(message, 1, message.length - 1);
            input.flush();
            return true;
        } catch (IOException e) {
            LOG.debug("A command takes no more input", e);
            return false;
        }
    }

    private boolean control(byte[] message, OutputStream input, boolean open) throws IOException {
        try {
            SessionControl control = Codec.read(
                    SessionControl.class, Percent.utf8("control", ByteBuffer.wrap(message, 1, message.length - 1)));
            control.resize().ifPresent(size -> session.resize(size.columns(), size.rows()));
            if (open && control.eof().orElse(false)) {
                input.close();
                return false;
            }
        } catch (Refusal refusal) {
            violation(StatusCode.POLICY_VIOLATION, refusal.getMessage());
        }
        return open;
    }

    private void reportExit(Thread outputThread, OutputPump output, Thread errorThread, OutputPump error)
            throws IOException, InterruptedException {
        int code = session.await();
        if (ended.get()) {
            return; // ended from here, not by itself: the client is told so by the closing code
        }
        long exited = System.nanoTime();
        awaitLastWords(outputThread, output, exited);
        awaitLastWords(errorThread, error, exited);
        byte[] control = Codec.write(SessionControl.exited(code)).getBytes(StandardCharsets.UTF_8);
        byte[] message = new byte[control.length + 1];
        message[0] = SessionControl.CONTROL;
        System.arraycopy(control, 0, message, 1, control.length);
        send(ByteBuffer.wrap(message));
        Callback.Completable closed = new Callback.Completable();
        client.ifPresent(c -> c.close(StatusCode.NORMAL, "", closed));
        await(closed);
        end();
    }

    /** Waits for the end of an output, or until a child that the command left behind and holds it open is silent. */
    private static void awaitLastWords(Thread thread, OutputPump pump, long exited) throws InterruptedException {
        while (!thread.join(Duration.ofMillis(50)) && !pump.silentSince(exited, LAST_WORDS)) {}
    }

    private void ping() throws IOException, InterruptedException {
        while (true) {
            Thread.sleep(PING);
            Callback.Completable sent = new Callback.Completable();
            client.ifPresent(c -> c.sendPing(ByteBuffer.allocate(0), sent));
            await(sent);
        }
    }

    private synchronized void send(ByteBuffer message) throws IOException, InterruptedException {
        Callback.Completable sent = new Callback.Completable();
        client.ifPresent(c -> c.sendBinary(message, sent));
        await(sent);
    }

    private static void await(Callback.Completable done) throws IOException, InterruptedException {
        try {
            done.get();
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
    }

    private void violation(int code, String sentence) {
        String reason = sentence.length() > 100 ? sentence.substring(0, 100) : sentence; // 123 bytes fit (RFC 6455)
        client.ifPresent(c -> c.close(code, reason, Callback.NOOP));
        end();
    }

    /** Ends the command and all that serves it. May be called more than once and from any thread. */
    void end() {
        if (!ended.compareAndSet(false, true)) {
            return;
        }
        streams.remove(ending);
        try {
            session.close();
        } finally {
            threads.forEach(Thread::interrupt);
            client.filter(org.eclipse.jetty.websocket.api.Session::isOpen)
                    .ifPresent(c -> c.close(StatusCode.SHUTDOWN, "the session has ended", Callback.NOOP));
        }
    }

    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    /** Sends one output of the command to the client. */
    private final class OutputPump implements Work {
        private final InputStream source;
        private final byte channel;
        private volatile boolean sending;
        private volatile long lastRead = System.nanoTime();

        OutputPump(InputStream source, byte channel) {
            this.source = source;
            this.channel = channel;
        }

        @Override
        public void run() throws IOException, InterruptedException {
            byte[] buffer = new byte[CHUNK + 1];
            buffer[0] = channel;
            for (int n = source.read(buffer, 1, CHUNK); n >= 0; n = source.read(buffer, 1, CHUNK)) {
                sending = true;
                lastRead = System.nanoTime();
                send(ByteBuffer.wrap(buffer, 0, n + 1));
                sending = false;
            }
        }

        boolean silentSince(long exited, Duration time) {
            long from = lastRead - exited > 0 ? lastRead : exited;
            return !sending && System.nanoTime() - from > time.toNanos();
        }
    }
}
