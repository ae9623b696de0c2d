package io.lamella.ovsdb;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Between typed values and RFC 7047's notation as a JSON tree (sections 4.1.6 and 5.1). Pure. */
final class Wire {
    private Wire() {}

    static Object tree(Value value) {
        return switch (value) {
            case Value.Text text -> text.value();
            case Value.Whole whole -> whole.value();
            case Value.Real real -> real.value();
            case Value.Flag flag -> flag.value();
            case Value.Id id -> List.of("uuid", id.value().toString());
            case Value.NamedId id -> List.of("named-uuid", id.name());
            case Value.SetOf set ->
                List.of("set", set.atoms().stream().map(Wire::tree).toList());
            case Value.MapOf map ->
                List.of(
                        "map",
                        map.entries().entrySet().stream()
                                .map(entry -> List.of(tree(entry.getKey()), tree(entry.getValue())))
                                .toList());
        };
    }

    static Object tree(Row row) {
        Map<String, Object> columns = new LinkedHashMap<>();
        row.columns().forEach((column, value) -> columns.put(column, tree(value)));
        return columns;
    }

    static Object tree(Operation operation) {
        Map<String, Object> tree = new LinkedHashMap<>();
        switch (operation) {
            case Operation.Insert op -> {
                start(tree, "insert", op.table());
                tree.put("row", tree(op.row()));
                if (!op.name().isEmpty()) {
                    tree.put("uuid-name", op.name());
                }
            }
            case Operation.Select op -> {
                start(tree, "select", op.table());
                tree.put("where", where(op.where()));
                if (!op.columns().isEmpty()) {
                    tree.put("columns", op.columns());
                }
            }
            case Operation.Update op -> {
                start(tree, "update", op.table());
                tree.put("where", where(op.where()));
                tree.put("row", tree(op.row()));
            }
            case Operation.Mutate op -> {
                start(tree, "mutate", op.table());
                tree.put("where", where(op.where()));
                tree.put(
                        "mutations",
                        op.mutations().stream()
                                .map(m -> List.of(m.column(), m.mutator().wire(), tree(m.value())))
                                .toList());
            }
            case Operation.Delete op -> {
                start(tree, "delete", op.table());
                tree.put("where", where(op.where()));
            }
            case Operation.Wait op -> {
                start(tree, "wait", op.table());
                tree.put("timeout", op.timeout().toMillis());
                tree.put("where", where(op.where()));
                tree.put("columns", op.columns());
                tree.put("until", op.equal() ? "==" : "!=");
                tree.put("rows", op.rows().stream().map(Wire::tree).toList());
            }
            case Operation.Comment op -> {
                tree.put("op", "comment");
                tree.put("comment", op.text());
            }
        }
        return tree;
    }

    private static void start(Map<String, Object> tree, String op, String table) {
        tree.put("op", op);
        tree.put("table", table);
    }

    private static List<Object> where(List<Condition> conditions) {
        return conditions.stream()
                .<Object>map(c -> List.of(c.column(), c.function().wire(), tree(c.value())))
                .toList();
    }

    static Value value(@Nullable Object tree) {
        if (tree instanceof List<?> list && list.size() == 2 && list.getLast() instanceof List<?> content) {
            if ("set".equals(list.getFirst())) {
                Set<Value.Atom> atoms = new LinkedHashSet<>();
                content.forEach(atom -> atoms.add(atom(atom)));
                return new Value.SetOf(atoms);
            }
            if ("map".equals(list.getFirst())) {
                Map<Value.Atom, Value.Atom> entries = new LinkedHashMap<>();
                for (Object entry : content) {
                    if (!(entry instanceof List<?> pair) || pair.size() != 2) {
                        throw OvsdbException.protocol("not an entry of a map: " + shown(entry));
                    }
                    entries.put(atom(pair.getFirst()), atom(pair.getLast()));
                }
                return new Value.MapOf(entries);
            }
        }
        return atom(tree);
    }

    private static Value.Atom atom(@Nullable Object tree) {
        return switch (tree) {
            case String text -> new Value.Text(text);
            case Long whole -> new Value.Whole(whole);
            case Double real -> new Value.Real(real);
            case Boolean flag -> new Value.Flag(flag);
            case List<?> pair
            when pair.size() == 2 && pair.getLast() instanceof String text -> {
                if ("uuid".equals(pair.getFirst())) {
                    yield new Value.Id(uuid(text));
                }
                if ("named-uuid".equals(pair.getFirst())) {
                    yield new Value.NamedId(text);
                }
                throw OvsdbException.protocol("not an atom: " + shown(tree));
            }
            case null, default -> throw OvsdbException.protocol("not an atom: " + shown(tree));
        };
    }

    private static UUID uuid(String text) {
        try {
            // UUID.fromString alone also takes shortened groups.
            if (text.length() == 36) {
                return UUID.fromString(text);
            }
        } catch (IllegalArgumentException e) {
            throw new OvsdbException("reading", OvsdbException.PROTOCOL, e);
        }
        throw OvsdbException.protocol("not a UUID: " + shown(text));
    }

    static Row row(@Nullable Object tree) {
        Map<String, Value> columns = new LinkedHashMap<>();
        object(tree, "row").forEach((column, value) -> columns.put(column, value(value)));
        return new Row(columns);
    }

    /** The reply to a transaction, or the first error in it (RFC 7047 section 4.1.3). */
    static List<Result> results(List<Operation> operations, @Nullable Object reply) {
        List<Result> results = new ArrayList<>();
        int index = 0;
        for (Object tree : array(reply, "transaction's result")) {
            // One error more than operations: the transaction as a whole failed, when it was to be committed.
            String title = index < operations.size() ? operations.get(index).title() : "commit";
            index++;
            if (tree == null) {
                throw OvsdbException.protocol("an operation without a result before any error");
            }
            Map<String, @Nullable Object> fields = object(tree, "operation's result");
            if (fields.get("error") instanceof String error) {
                throw new OvsdbException(title, error, fields.get("details") instanceof String details ? details : "");
            }
            results.add(result(fields));
        }
        if (results.size() != operations.size()) {
            throw OvsdbException.protocol(results.size() + " results for " + operations.size() + " operations");
        }
        return results;
    }

    private static Result result(Map<String, @Nullable Object> fields) {
        long count = fields.get("count") instanceof Long whole ? whole : 0;
        Optional<UUID> id = fields.get("uuid") instanceof Object uuid && atom(uuid) instanceof Value.Id made
                ? Optional.of(made.value())
                : Optional.empty();
        List<Row> rows = fields.get("rows") instanceof List<?> list
                ? list.stream().map(Wire::row).toList()
                : List.of();
        return new Result(count, id, rows);
    }

    /** A {@code table-updates} object (RFC 7047 section 4.1.6). */
    static List<RowChange> changes(@Nullable Object tree) {
        List<RowChange> changes = new ArrayList<>();
        object(tree, "table-updates")
                .forEach((table, updates) -> object(updates, "table-update").forEach((id, update) -> {
                    Map<String, @Nullable Object> fields = object(update, "row-update");
                    changes.add(new RowChange(
                            table, uuid(id), optionalRow(fields.get("old")), optionalRow(fields.get("new"))));
                }));
        return changes;
    }

    private static Optional<Row> optionalRow(@Nullable Object tree) {
        return tree == null ? Optional.empty() : Optional.of(row(tree));
    }

    static Map<String, @Nullable Object> object(@Nullable Object tree, String what) {
        if (!(tree instanceof Map<?, ?> map)) {
            throw OvsdbException.protocol("not a " + what + ": " + shown(tree));
        }
        @SuppressWarnings("unchecked") // the parser makes no other maps
        Map<String, @Nullable Object> fields = (Map<String, @Nullable Object>) map;
        return fields;
    }

    static List<?> array(@Nullable Object tree, String what) {
        if (!(tree instanceof List<?> list)) {
            throw OvsdbException.protocol("not a " + what + ": " + shown(tree));
        }
        return list;
    }

    private static String shown(@Nullable Object tree) {
        String text = String.valueOf(tree);
        return text.length() <= 120 ? text : text.substring(0, 120) + "...";
    }
}
