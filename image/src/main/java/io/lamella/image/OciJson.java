package io.lamella.image;

import io.avaje.json.mapper.JsonMapper;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Typed access to the JSON documents in an OCI image; refuses whatever is not as the specification has it. */
final class OciJson {
    /** The longest document that is read (OCI image specification, "Image Manifest": 4 MiB is what all must accept). */
    static final int LIMIT = 4 << 20;

    private static final int DEPTH = 32;
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private OciJson() {}

    static Map<String, Object> parse(byte[] json, String what) {
        if (depth(json) > DEPTH) {
            throw Names.refused("its " + what + " is nested too deeply");
        }
        try {
            Object value = MAPPER.fromJson(new String(json, StandardCharsets.UTF_8));
            return object(value, what);
        } catch (io.lamella.model.Refusal e) {
            throw e;
        } catch (RuntimeException e) {
            throw Names.refused("its " + what + " is not valid JSON");
        }
    }

    static Optional<Map<String, Object>> child(Map<String, Object> json, String key) {
        Object value = json.get(key);
        return value == null ? Optional.empty() : Optional.of(object(value, key));
    }

    /** The objects in the array {@code key}; none where it is missing. */
    static List<Map<String, Object>> children(Map<String, Object> json, String key) {
        Object value = json.get(key);
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof List<?> list)) {
            throw Names.refused("\"" + key + "\" in it is no array");
        }
        List<Map<String, Object>> children = new ArrayList<>();
        for (Object element : list) {
            children.add(object(element, key));
        }
        return children;
    }

    static String text(Map<String, Object> json, String key) {
        if (json.get(key) instanceof String text) {
            return text;
        }
        throw Names.refused("\"" + key + "\" in it is missing or no text");
    }

    static String textOr(Map<String, Object> json, String key, String otherwise) {
        return json.get(key) == null ? otherwise : text(json, key);
    }

    static long number(Map<String, Object> json, String key) {
        if (json.get(key) instanceof Number n && n.longValue() >= 0 && n.doubleValue() == n.longValue()) {
            return n.longValue();
        }
        throw Names.refused("\"" + key + "\" in it is missing or no whole number");
    }

    @SuppressWarnings("unchecked") // JSON objects have no other keys than strings
    private static Map<String, Object> object(@org.jspecify.annotations.Nullable Object value, String what) {
        if (value instanceof Map<?, ?> map) {
            return (Map<String, Object>) map;
        }
        throw Names.refused("\"" + what + "\" in it is no object");
    }

    /** How deeply arrays and objects nest; the parser recurses into them. */
    private static int depth(byte[] json) {
        int depth = 0;
        int deepest = 0;
        boolean inText = false;
        for (int i = 0; i < json.length; i++) {
            switch (json[i]) {
                case '"' -> inText = !inText;
                case '\\' -> i += inText ? 1 : 0;
                case '[', '{' -> deepest = Math.max(deepest, inText ? 0 : ++depth);
                case ']', '}' -> depth -= inText ? 0 : 1;
                default -> {}
            }
        }
        return deepest;
    }
}
