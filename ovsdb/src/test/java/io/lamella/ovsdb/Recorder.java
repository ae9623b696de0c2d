package io.lamella.ovsdb;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what a monitor says: the rows as they stand, and the calls in their order. */
final class Recorder implements MonitorListener {
    final Map<String, Map<UUID, Row>> tables = new ConcurrentHashMap<>();
    final List<String> calls = new CopyOnWriteArrayList<>();

    @Override
    public void snapshot(Map<String, Map<UUID, Row>> fresh) {
        tables.clear();
        fresh.forEach((table, rows) -> tables.put(table, new ConcurrentHashMap<>(rows)));
        calls.add("snapshot");
    }

    @Override
    public void changed(List<RowChange> changes) {
        for (RowChange change : changes) {
            Map<UUID, Row> rows = tables.getOrDefault(change.table(), Map.of());
            change.after().ifPresentOrElse(row -> rows.put(change.id(), row), () -> rows.remove(change.id()));
        }
        calls.add("changed");
    }

    @Override
    public void disconnected() {
        calls.add("disconnected");
    }

    Row row(String table, String name) {
        return byName(table).getOrDefault(name, Row.EMPTY);
    }

    Map<String, Row> byName(String table) {
        Map<String, Row> named = new LinkedHashMap<>();
        tables.getOrDefault(table, Map.of())
                .values()
                .forEach(row -> named.put(row.text("name").orElse(""), row));
        return named;
    }
}
