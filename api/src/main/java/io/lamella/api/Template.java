package io.lamella.api;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A path with variables, such as {@code /slices/{slice}/networks}. */
final class Template {
    private final String text;
    private final List<String> parts;

    Template(String text) {
        this.text = text;
        this.parts = segments(text);
    }

    /** The parts between slashes; a path that does not start with one has none. An empty part stays. */
    static List<String> segments(String path) {
        return path.startsWith("/") ? List.of(path.substring(1).split("/", -1)) : List.of();
    }

    Optional<PathVariables> match(List<String> segments) {
        if (segments.size() != parts.size()) {
            return Optional.empty();
        }
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = 0; i < parts.size(); i++) {
            String part = parts.get(i);
            if (isVariable(part)) {
                values.put(part.substring(1, part.length() - 1), segments.get(i));
            } else if (!part.equals(segments.get(i))) {
                return Optional.empty();
            }
        }
        return Optional.of(new PathVariables(values));
    }

    List<String> variables() {
        List<String> names = new ArrayList<>();
        for (String part : parts) {
            if (isVariable(part)) {
                names.add(part.substring(1, part.length() - 1));
            }
        }
        return names;
    }

    private static boolean isVariable(String part) {
        return part.startsWith("{");
    }

    @Override
    public String toString() {
        return text;
    }
}
