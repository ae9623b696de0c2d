package io.lamella.backend.kvm;

import io.avaje.json.mapper.JsonMapper;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One message of QEMU's monitor (QEMU Machine Protocol Specification, "Server responses"): a greeting, a command's
 * result, a command's error or an event.
 */
sealed interface QmpMessage {
    int LONGEST = 1 << 20;
    int DEPTH = 32;

    record Greeting() implements QmpMessage {}

    /** @param value what the command returned: a map, a list or a plain value */
    record Result(long id, @Nullable Object value) implements QmpMessage {}

    record Failure(long id, String description) implements QmpMessage {}

    record Event(String name, Map<String, Object> data) implements QmpMessage {}

    JsonMapper MAPPER = JsonMapper.builder().build();

    /** Reads one line; throws QmpException where it is no message. */
    static QmpMessage parse(String line) {
        if (line.length() > LONGEST || depth(line) > DEPTH) {
            throw new QmpException("QEMU sent a message that is too long or nested too deeply");
        }
        Map<String, Object> json = object(read(line)).orElseThrow(() -> new QmpException("QEMU sent no JSON object"));
        if (json.containsKey("QMP")) {
            return new Greeting();
        }
        if (json.get("event") instanceof String name) {
            return new Event(name, object(json.get("data")).orElse(Map.of()));
        }
        long id = json.get("id") instanceof Number number ? number.longValue() : -1;
        if (json.containsKey("return")) {
            return new Result(id, json.get("return"));
        }
        Map<String, Object> error =
                object(json.get("error")).orElseThrow(() -> new QmpException("QEMU sent a message of no known kind"));
        return new Failure(id, error.get("desc") instanceof String text ? text : "no reason given");
    }

    private static @Nullable Object read(String line) {
        try {
            return MAPPER.fromJson(line);
        } catch (RuntimeException e) {
            throw new QmpException("QEMU sent what is not valid JSON", e);
        }
    }

    static String write(Map<String, Object> command) {
        return MAPPER.toJson(command);
    }

    @SuppressWarnings("unchecked") // JSON objects have no other keys than strings
    static Optional<Map<String, Object>> object(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? Optional.of((Map<String, Object>) map) : Optional.empty();
    }

    /** The objects in a list; others are passed over. */
    static List<Map<String, Object>> objects(@Nullable Object value) {
        return value instanceof List<?> list
                ? list.stream().flatMap(item -> object(item).stream()).toList()
                : List.of();
    }

    private static int depth(String json) {
        int depth = 0;
        int deepest = 0;
        boolean quoted = false;
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (quoted) {
                i += c == '\\' ? 1 : 0;
                quoted = c != '"';
            } else if (c == '"') {
                quoted = true;
            } else if (c == '{' || c == '[') {
                deepest = Math.max(deepest, ++depth);
            } else if (c == '}' || c == ']') {
                depth--;
            }
        }
        return deepest;
    }
}
