package io.lamella.ovsdb;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One connection that speaks JSON-RPC 1.0 as RFC 7047 section 4 has it. One virtual thread reads (the one that calls
 * {@link #serve}), one writes (so that a caller's interruption cannot close the channel), one probes.
 */
final class JsonRpc {
    /** What becomes of a request; called at most once, and on the reading thread where there is a reply. */
    interface Reply {
        /** @param error null where the request succeeded */
        void replied(@Nullable Object result, @Nullable Object error);

        void disconnected();
    }

    private final SocketChannel channel;
    private final Duration probeInterval;
    private final JsonFraming framing;
    private final BiConsumer<String, List<?>> notifications;
    private final BlockingQueue<byte[]> outgoing = new LinkedBlockingQueue<>();
    private final Map<Long, Reply> pending = new ConcurrentHashMap<>();
    private final AtomicLong ids = new AtomicLong();
    private volatile long lastReceived = System.nanoTime();
    private volatile boolean ended;

    /** @param notifications takes the method and the parameters of each notification, on the reading thread */
    JsonRpc(SocketChannel channel, OvsdbSettings settings, BiConsumer<String, List<?>> notifications) {
        this.channel = channel;
        this.probeInterval = settings.probeInterval();
        this.framing = new JsonFraming(settings.messageLimit());
        this.notifications = notifications;
    }

    /** Sends a request. Returns its id for {@link #forget}. */
    long call(String method, List<?> params, Reply reply) {
        long id = ids.incrementAndGet();
        pending.put(id, reply);
        outgoing.add(message("method", method, "params", params, "id", id));
        if (ended && pending.remove(id) != null) {
            reply.disconnected();
        }
        return id;
    }

    /** The reply to this request, should it still come, interests nobody. */
    void forget(long id) {
        pending.remove(id);
    }

    /** Breaks the connection; {@link #serve} returns. */
    void close() {
        ended = true;
        try {
            channel.close();
        } catch (IOException e) {
            // Nobody can do anything about it, and the descriptor is gone anyway.
        }
    }

    /** Reads until the connection ends; throws why, unless the peer closed it in good order. */
    void serve() throws IOException {
        Thread writer = Thread.ofVirtual().name("ovsdb-writer").start(this::write);
        Thread prober = Thread.ofVirtual().name("ovsdb-prober").start(this::probe);
        try {
            byte[] chunk = new byte[16 * 1024];
            ByteBuffer buffer = ByteBuffer.wrap(chunk);
            while (channel.read(buffer) >= 0) {
                lastReceived = System.nanoTime();
                framing.feed(chunk, buffer.position(), this::receive);
                buffer.clear();
            }
        } finally {
            close();
            writer.interrupt();
            prober.interrupt();
        }
    }

    /** Answers all requests that are still open, once {@link #serve} has returned. */
    void abandon() {
        for (Long id : pending.keySet()) {
            Reply reply = pending.remove(id);
            if (reply != null) {
                reply.disconnected();
            }
        }
    }

    private void receive(byte[] text) {
        Map<String, @Nullable Object> message = Wire.object(Json.parse(text), "message");
        Object id = message.get("id");
        if (message.get("method") instanceof String method) {
            List<?> params = Wire.array(message.get("params"), "list of parameters");
            if (method.equals("echo") && id != null) {
                outgoing.add(answer(id, params, null));
            } else if (id != null) {
                outgoing.add(answer(id, null, "unknown method"));
            } else {
                notifications.accept(method, params);
            }
        } else if (id instanceof Long number) {
            Reply reply = pending.remove(number);
            if (reply != null) {
                reply.replied(message.get("result"), message.get("error"));
            }
        }
    }

    private void write() {
        try {
            while (!ended) {
                ByteBuffer buffer = ByteBuffer.wrap(outgoing.take());
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
            }
        } catch (IOException | InterruptedException e) {
            close(); // the reader ends with it and tells everybody
        }
    }

    private void probe() {
        try {
            while (!ended) {
                long seen = lastReceived;
                long due = seen + probeInterval.toNanos() - System.nanoTime();
                if (due > 0) {
                    Thread.sleep(Duration.ofNanos(due));
                    continue;
                }
                outgoing.add(message("method", "echo", "params", List.of(), "id", "echo"));
                Thread.sleep(probeInterval);
                if (lastReceived == seen) {
                    close();
                }
            }
        } catch (InterruptedException e) {
            // The connection has ended.
        }
    }

    private static byte[] answer(Object id, @Nullable Object result, @Nullable Object error) {
        return message("id", id, "result", result, "error", error);
    }

    private static byte[] message(
            String firstName,
            @Nullable Object first,
            String secondName,
            @Nullable Object second,
            String thirdName,
            @Nullable Object third) {
        Map<String, @Nullable Object> message = new LinkedHashMap<>();
        message.put(firstName, first);
        message.put(secondName, second);
        message.put(thirdName, third);
        return Json.bytes(message);
    }
}
