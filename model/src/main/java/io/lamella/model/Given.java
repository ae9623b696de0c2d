package io.lamella.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What JSON leaves out arrives as null in a record's constructor; here it becomes a value or a refusal. */
final class Given {
    private Given() {}

    static <T> T required(String field, @Nullable T value) {
        if (value == null) {
            throw Refusal.invalid(field, field + " is missing");
        }
        return value;
    }

    @SuppressWarnings("OptionalAssignedToNull") // this is the place that ends it
    static <T> Optional<T> optional(@Nullable Optional<T> value) {
        return value == null ? Optional.empty() : value;
    }

    static <T> List<T> list(@Nullable List<T> value) {
        if (value == null) {
            return List.of();
        }
        for (T item : value) {
            required("an item of a list", item);
        }
        return List.copyOf(value);
    }

    /** Keeps the order of the keys. */
    static <T> Map<String, T> map(@Nullable Map<String, T> value) {
        if (value == null) {
            return Map.of();
        }
        value.forEach(Given::required);
        return Collections.unmodifiableMap(new LinkedHashMap<>(value));
    }
}
