package io.lamella.network;

import io.lamella.ovsdb.MonitorListener;
import io.lamella.ovsdb.Row;
import io.lamella.ovsdb.RowChange;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** The switch's database as its one long-lived monitor shows it: what the room needs of four tables. */
final class SwitchTables implements MonitorListener {
    static final String ROOT = "Open_vSwitch";
    static final String BRIDGE = "Bridge";
    static final String PORT = "Port";
    static final String INTERFACE = "Interface";

    static final Map<String, List<String>> COLUMNS = Map.of(
            ROOT, List.of("bridges", "cur_cfg"),
            BRIDGE,
                    List.of(
                            "name",
                            "external_ids",
                            "datapath_type",
                            "fail_mode",
                            "protocols",
                            "other_config",
                            "controller",
                            "ports"),
            PORT, List.of("name", "interfaces"),
            INTERFACE, List.of("name", "ofport", "ofport_request", "error", "external_ids"));

    /** A row and its id. */
    record Entry(UUID id, Row row) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<String, Map<UUID, Row>> tables = new HashMap<>(); // guarded by lock
    private final Map<String, Map<String, Entry>> names = new HashMap<>(); // guarded by lock
    private boolean current; // guarded by lock

    @Override
    public void snapshot(Map<String, Map<UUID, Row>> fresh) {
        lock.lock();
        try {
            tables.clear();
            names.clear();
            fresh.forEach((table, rows) -> rows.forEach((id, row) -> put(table, id, row)));
            current = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void changed(List<RowChange> changes) {
        lock.lock();
        try {
            // Removals first: one transaction may replace a row by another of the same name.
            changes.stream().filter(c -> c.after().isEmpty()).forEach(c -> remove(c.table(), c.id()));
            changes.forEach(c -> c.after().ifPresent(row -> put(c.table(), c.id(), row)));
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void disconnected() {
        lock.lock();
        try {
            current = false;
        } finally {
            lock.unlock();
        }
    }

    private void put(String table, UUID id, Row row) {
        tables.computeIfAbsent(table, t -> new HashMap<>()).put(id, row);
        row.text("name")
                .ifPresent(name ->
                        names.computeIfAbsent(table, t -> new HashMap<>()).put(name, new Entry(id, row)));
    }

    private void remove(String table, UUID id) {
        Row row = tables.computeIfAbsent(table, t -> new HashMap<>()).remove(id);
        if (row != null) {
            row.text("name")
                    .ifPresent(name ->
                            names.computeIfAbsent(table, t -> new HashMap<>()).remove(name, new Entry(id, row)));
        }
    }

    /** The row of that name; names are unique in their table. */
    Optional<Entry> named(String table, String name) {
        lock.lock();
        try {
            return Optional.ofNullable(names.getOrDefault(table, Map.of()).get(name));
        } finally {
            lock.unlock();
        }
    }

    Optional<Row> row(String table, UUID id) {
        lock.lock();
        try {
            return Optional.ofNullable(tables.getOrDefault(table, Map.of()).get(id));
        } finally {
            lock.unlock();
        }
    }

    /** The one row of the root table, absent in a new database. */
    Optional<Entry> root() {
        lock.lock();
        try {
            return tables.getOrDefault(ROOT, Map.of()).entrySet().stream()
                    .map(entry -> new Entry(entry.getKey(), entry.getValue()))
                    .findFirst();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until {@code question} has an answer, asking it whenever something has changed; empty where it has none
     * within {@code timeout}. The question is asked of a consistent state, never of one from before a disconnection.
     */
    <T> Optional<T> await(Duration timeout, Supplier<Optional<T>> question) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        lock.lock();
        try {
            while (true) {
                Optional<T> answer = current ? question.get() : Optional.empty();
                long left = deadline - System.nanoTime();
                if (answer.isPresent() || left <= 0) {
                    return answer;
                }
                changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }
}
