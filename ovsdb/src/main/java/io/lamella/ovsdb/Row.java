package io.lamella.ovsdb;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;

/**
 * A row, or the part of it that was asked for: values by column. The typed readers take an absent column, and a value
 * of another type, for an empty one.
 */
public record Row(Map<String, Value> columns) {
    public static final Row EMPTY = new Row(Map.of());

    public Row {
        columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
    }

    public static Row of(String column, Value value) {
        return new Row(Map.of(column, value));
    }

    /** This row with one column more, or with another value in it. */
    public Row with(String column, Value value) {
        Map<String, Value> more = new LinkedHashMap<>(columns);
        more.put(column, value);
        return new Row(more);
    }

    public Value value(String column) {
        return columns.getOrDefault(column, Value.EMPTY);
    }

    /** The elements of a set column; an atom counts as a set of one. */
    public Set<Value.Atom> atoms(String column) {
        return switch (value(column)) {
            case Value.SetOf set -> set.atoms();
            case Value.MapOf map -> Set.of();
            case Value.Atom atom -> Set.of(atom);
        };
    }

    public Optional<String> text(String column) {
        return atoms(column).stream()
                .filter(Value.Text.class::isInstance)
                .map(atom -> ((Value.Text) atom).value())
                .findFirst();
    }

    public OptionalLong whole(String column) {
        return atoms(column).stream()
                .filter(Value.Whole.class::isInstance)
                .mapToLong(atom -> ((Value.Whole) atom).value())
                .findFirst();
    }

    public boolean flag(String column) {
        return atoms(column).contains(Value.of(true));
    }

    public Set<UUID> ids(String column) {
        Set<UUID> ids = new LinkedHashSet<>();
        for (Value.Atom atom : atoms(column)) {
            if (atom instanceof Value.Id id) {
                ids.add(id.value());
            }
        }
        return ids;
    }

    /** The entries of a map column from text to text. */
    public Map<String, String> texts(String column) {
        Map<String, String> texts = new LinkedHashMap<>();
        if (value(column) instanceof Value.MapOf map) {
            map.entries().forEach((key, value) -> {
                if (key instanceof Value.Text k && value instanceof Value.Text v) {
                    texts.put(k.value(), v.value());
                }
            });
        }
        return texts;
    }
}
