package io.lamella.api;

import io.lamella.model.Refusal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The query parameters of one request, decoded; every one of them is known to its route. */
final class Query {
    private final Map<String, List<String>> values;

    private Query(Map<String, List<String>> values) {
        this.values = values;
    }

    /** Parses what stands after the question mark; refuses names other than {@code known}. */
    static Query parse(String raw, List<String> known) {
        Map<String, List<String>> values = new LinkedHashMap<>();
        for (String pair : raw.split("&", -1)) {
            if (pair.isEmpty()) {
                continue;
            }
            int equals = pair.indexOf('=');
            String name = Percent.decode("query", equals < 0 ? pair : pair.substring(0, equals), true);
            if (!known.contains(name)) {
                throw Refusal.invalid(
                        name,
                        "the query parameter \"" + name + "\" is unknown here: "
                                + (known.isEmpty() ? "there are none" : "allowed are " + String.join(", ", known)));
            }
            String value = equals < 0 ? "" : Percent.decode(name, pair.substring(equals + 1), true);
            if (value.indexOf('\0') >= 0) {
                throw Refusal.invalid(name, name + " holds a NUL character, which is not allowed");
            }
            values.computeIfAbsent(name, k -> new ArrayList<>()).add(value);
        }
        return new Query(values);
    }

    /** Every value of a parameter that may be repeated, in order. */
    List<String> all(String name) {
        return values.getOrDefault(name, List.of());
    }

    Optional<String> text(String name) {
        List<String> all = all(name);
        if (all.size() > 1) {
            throw Refusal.invalid(name, "the query parameter \"" + name + "\" is given " + all.size() + " times");
        }
        return all.stream().findFirst();
    }

    /** False where it is absent; true also where it has no value, as in {@code ?force}. */
    boolean flag(String name) {
        return flag(name, false);
    }

    boolean flag(String name, boolean otherwise) {
        return text(name)
                .map(value -> switch (value) {
                    case "", "true" -> true;
                    case "false" -> false;
                    default -> throw Refusal.invalid(name, value, "true or false");
                })
                .orElse(otherwise);
    }

    int number(String name, int otherwise, int low, int high) {
        return text(name).map(value -> number(name, value, low, high)).orElse(otherwise);
    }

    private static int number(String name, String value, int low, int high) {
        String allowed = "a whole number from " + low + " to " + high;
        if (!value.matches("[0-9]{1,9}")) {
            throw Refusal.invalid(name, value, allowed);
        }
        int number = Integer.parseInt(value);
        if (number < low || number > high) {
            throw Refusal.invalid(name, value, allowed);
        }
        return number;
    }
}
