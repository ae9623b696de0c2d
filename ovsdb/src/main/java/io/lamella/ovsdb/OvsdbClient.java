package io.lamella.ovsdb;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client of one OVSDB database (RFC 7047) that stays connected: it reconnects with a growing back-off and asks for its
 * monitors again. Safe for any number of threads; its methods block the caller, never longer than the request timeout.
 */
public final class OvsdbClient implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OvsdbClient.class);

    private final OvsdbSettings settings;
    private final Map<String, Monitor> monitors = new ConcurrentHashMap<>();
    private final AtomicLong monitorIds = new AtomicLong();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Thread thread;
    private @Nullable JsonRpc connection; // guarded by lock; set once the server has answered
    private volatile @Nullable JsonRpc current; // also while it is being greeted
    private volatile String trouble = "not connected yet";
    private volatile boolean closed;

    private OvsdbClient(OvsdbSettings settings) {
        this.settings = settings;
        this.thread = Thread.ofVirtual().name("ovsdb-reader").unstarted(this::run);
    }

    /** Makes a client and lets it connect in the background. */
    public static OvsdbClient open(OvsdbSettings settings) {
        OvsdbClient client = new OvsdbClient(settings);
        client.thread.start();
        return client;
    }

    /** Whether the server has answered on the present connection. */
    public boolean connected() {
        lock.lock();
        try {
            return connection != null;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the server answers; false where it does not within {@code timeout}. */
    public boolean awaitConnected(Duration timeout) {
        try {
            established("connecting", System.nanoTime() + timeout.toNanos());
            return true;
        } catch (OvsdbException e) {
            return false;
        }
    }

    /** Carries out the operations as one transaction, all or nothing. Returns one result for each. */
    public List<Result> transact(Operation... operations) {
        return transact(List.of(operations));
    }

    /** As {@link #transact(Operation...)}. */
    public List<Result> transact(List<Operation> operations) {
        List<Object> params = new ArrayList<>();
        params.add(settings.database());
        operations.forEach(operation -> params.add(Wire.tree(operation)));
        String title = operations.isEmpty() ? "transact" : operations.getFirst().title();
        return Wire.results(operations, request(title, "transact", params));
    }

    /**
     * Watches columns of tables. Returns once {@code listener} has had its first snapshot; it is told of changes and
     * reconnections until the returned monitor is closed.
     *
     * @param columns by table; an empty list means all columns
     */
    public Monitor monitor(Map<String, List<String>> columns, MonitorListener listener) {
        Monitor monitor = new Monitor("m" + monitorIds.incrementAndGet(), columns, listener);
        long deadline = System.nanoTime() + settings.requestTimeout().toNanos();
        JsonRpc established = established(monitor.title(), deadline);
        CompletableFuture<Void> first = new CompletableFuture<>();
        monitors.put(monitor.id, monitor);
        try {
            subscribe(established, monitor, first);
            await(monitor.title(), first, deadline);
            return monitor;
        } catch (OvsdbException e) {
            monitor.close();
            throw e;
        }
    }

    /** Ends the connection and every monitor; requests under way fail as disconnected. */
    @Override
    public void close() {
        closed = true;
        monitors.clear();
        JsonRpc open = current;
        if (open != null) {
            open.close();
        }
        thread.interrupt();
    }

    private @Nullable Object request(String title, String method, List<?> params) {
        long deadline = System.nanoTime() + settings.requestTimeout().toNanos();
        JsonRpc rpc = established(title, deadline);
        CompletableFuture<@Nullable Object> answer = new CompletableFuture<>();
        long id = rpc.call(method, params, completing(title, answer));
        try {
            return await(title, answer, deadline);
        } finally {
            rpc.forget(id);
        }
    }

    private JsonRpc.Reply completing(String title, CompletableFuture<@Nullable Object> answer) {
        return new JsonRpc.Reply() {
            @Override
            public void replied(@Nullable Object result, @Nullable Object error) {
                if (error == null) {
                    answer.complete(result);
                } else {
                    answer.completeExceptionally(failure(title, error));
                }
            }

            @Override
            public void disconnected() {
                answer.completeExceptionally(
                        new OvsdbException(title, OvsdbException.DISCONNECTED, "before the reply"));
            }
        };
    }

    private static OvsdbException failure(String title, Object error) {
        if (error instanceof Map<?, ?> fields) {
            return new OvsdbException(
                    title,
                    String.valueOf(fields.get("error")),
                    fields.get("details") instanceof String details ? details : "");
        }
        return new OvsdbException(title, String.valueOf(error), "");
    }

    private JsonRpc established(String title, long deadline) {
        if (Thread.currentThread() == thread) {
            throw new IllegalStateException("a listener must not call the client that calls it");
        }
        lock.lock();
        try {
            while (true) {
                long left = deadline - System.nanoTime();
                if (closed) {
                    throw new OvsdbException(title, OvsdbException.DISCONNECTED, "the client is closed");
                }
                if (connection != null) {
                    return connection;
                }
                if (left <= 0) {
                    throw new OvsdbException(title, OvsdbException.DISCONNECTED, trouble);
                }
                changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            throw interrupted(title, e);
        } finally {
            lock.unlock();
        }
    }

    private static <T extends @Nullable Object> T await(String title, CompletableFuture<T> answer, long deadline) {
        try {
            return answer.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof OvsdbException failure) {
                throw failure;
            }
            throw new OvsdbException(title, OvsdbException.PROTOCOL, e);
        } catch (TimeoutException e) {
            throw new OvsdbException(title, OvsdbException.TIMEOUT, "no reply from the server");
        } catch (InterruptedException e) {
            throw interrupted(title, e);
        }
    }

    private static OvsdbException interrupted(String title, InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new OvsdbException(title, "interrupted", cause);
    }

    private void run() {
        long backOff = OvsdbSettings.FIRST_BACK_OFF_MS;
        while (!closed) {
            try {
                if (serve()) {
                    backOff = OvsdbSettings.FIRST_BACK_OFF_MS;
                }
                Thread.sleep(backOff);
                backOff = Math.min(backOff * 2, settings.longestBackOff().toMillis());
            } catch (InterruptedException e) {
                if (closed) {
                    break;
                }
            }
        }
        publish(null);
    }

    /** One connection from its start to its end; whether the server answered on it. */
    private boolean serve() {
        boolean[] answered = {false};
        try (SocketChannel channel = open()) {
            JsonRpc rpc = new JsonRpc(channel, settings, this::notified);
            current = rpc;
            if (closed) {
                return false;
            }
            rpc.call("echo", List.of(), new JsonRpc.Reply() {
                @Override
                public void replied(@Nullable Object result, @Nullable Object error) {
                    answered[0] = true;
                    established(rpc);
                }

                @Override
                public void disconnected() {
                    // serve() below says why.
                }
            });
            try {
                rpc.serve();
                trouble = "the server closed the connection";
            } finally {
                // First this: whoever is told of the end may ask again, and must wait for the next connection then.
                publish(null);
                rpc.abandon();
            }
        } catch (IOException | OvsdbException e) {
            trouble = String.valueOf(e.getMessage());
        }
        if (answered[0] && !closed) {
            LOG.info("OVSDB connection to {} lost: {}", settings.address(), trouble);
            monitors.values().forEach(monitor -> tell(monitor.listener::disconnected));
        }
        return answered[0];
    }

    private SocketChannel open() throws IOException {
        return settings.address() instanceof UnixDomainSocketAddress unix
                ? SocketChannel.open(unix)
                : SocketChannel.open(settings.address());
    }

    private void established(JsonRpc rpc) {
        for (Monitor monitor : monitors.values()) {
            subscribe(rpc, monitor, new CompletableFuture<>());
        }
        publish(rpc);
    }

    private void publish(@Nullable JsonRpc rpc) {
        lock.lock();
        try {
            connection = rpc;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void subscribe(JsonRpc rpc, Monitor monitor, CompletableFuture<Void> first) {
        rpc.call("monitor", List.of(settings.database(), monitor.id, monitor.requests()), new JsonRpc.Reply() {
            @Override
            public void replied(@Nullable Object result, @Nullable Object error) {
                if (error != null) {
                    OvsdbException failure = failure(monitor.title(), error);
                    LOG.warn("{}", failure.getMessage());
                    first.completeExceptionally(failure);
                    return;
                }
                Map<String, Map<UUID, Row>> tables = monitor.tables(Wire.changes(result));
                tell(() -> monitor.listener.snapshot(tables));
                first.complete(null);
            }

            @Override
            public void disconnected() {
                first.completeExceptionally(
                        new OvsdbException(monitor.title(), OvsdbException.DISCONNECTED, "before the reply"));
            }
        });
    }

    private void notified(String method, List<?> params) {
        if (method.equals("update") && params.size() == 2 && params.getFirst() instanceof String id) {
            Monitor monitor = monitors.get(id);
            if (monitor != null) {
                List<RowChange> changes = Wire.changes(params.getLast());
                tell(() -> monitor.listener.changed(changes));
            }
        }
    }

    /** A listener's failure is its own: the connection and the other listeners go on. */
    private static void tell(Runnable listener) {
        try {
            listener.run();
        } catch (RuntimeException e) {
            LOG.error("An OVSDB listener failed", e);
        }
    }

    /** A subscription; closing it ends it. */
    public final class Monitor implements AutoCloseable {
        private final String id;
        private final Map<String, List<String>> columns;
        private final MonitorListener listener;

        private Monitor(String id, Map<String, List<String>> columns, MonitorListener listener) {
            this.id = id;
            this.columns = Map.copyOf(columns);
            this.listener = listener;
        }

        private String title() {
            return "monitor " + String.join(", ", new TreeSet<>(columns.keySet()));
        }

        private Map<String, Object> requests() {
            Map<String, Object> requests = new HashMap<>();
            columns.forEach(
                    (table, names) -> requests.put(table, names.isEmpty() ? Map.of() : Map.of("columns", names)));
            return requests;
        }

        private Map<String, Map<UUID, Row>> tables(List<RowChange> initial) {
            Map<String, Map<UUID, Row>> tables = new HashMap<>();
            columns.keySet().forEach(table -> tables.put(table, new LinkedHashMap<>()));
            for (RowChange change : initial) {
                change.after()
                        .ifPresent(row -> tables.computeIfAbsent(change.table(), table -> new LinkedHashMap<>())
                                .put(change.id(), row));
            }
            return tables;
        }

        @Override
        public void close() {
            JsonRpc rpc = current;
            if (monitors.remove(id) != null && rpc != null) {
                rpc.call("monitor_cancel", List.of(id), completing("monitor_cancel", new CompletableFuture<>()));
            }
        }
    }
}
