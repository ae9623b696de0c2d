package io.lamella.model;

import io.avaje.json.JsonDataException;
import io.avaje.json.JsonException;
import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;
import java.util.List;

/**
 * The JSON form of the model, the same in the store, the API and the CLI. Unknown keys are refused when reading. Safe
 * for use by several threads.
 */
public final class Codec {
    private static final Jsonb JSONB = ScalarAdapters.register(
                    Jsonb.builder().failOnUnknown(true).serializeNulls(false).serializeEmpty(true))
            .build();

    private Codec() {}

    public static String write(Object value) {
        return JSONB.toJson(value);
    }

    /** Reads one {@code type}; refuses malformed text, unknown keys and values that the type does not allow. */
    public static <T> T read(Class<T> type, String json) {
        return read(JSONB.type(type), json);
    }

    public static <T> List<T> readList(Class<T> type, String json) {
        return read(JSONB.type(type).list(), json);
    }

    private static <T> T read(JsonType<T> type, String json) {
        try {
            T value = type.fromJson(json);
            checkNothingFollows(json);
            return value;
        } catch (JsonDataException e) {
            throw refusal(e);
        } catch (JsonException e) {
            throw refusal(e);
        } catch (IllegalStateException | IllegalArgumentException e) {
            throw Refusal.invalid("body", "the request is not valid JSON: " + e.getMessage());
        }
    }

    /** The parser stops after the first value; what stands behind it would be ignored silently. */
    private static void checkNothingFollows(String json) {
        int depth = 0;
        boolean quoted = false;
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (quoted) {
                quoted = c != '"';
                i += c == '\\' ? 1 : 0;
            } else if (c == '"') {
                quoted = true;
            } else if (c == '{' || c == '[') {
                depth++;
            } else if (c == '}' || c == ']') {
                depth--;
                if (depth == 0 && !json.substring(i + 1).isBlank()) {
                    throw Refusal.invalid("body", "something follows the JSON value: it must stand alone");
                }
            }
        }
    }

    private static Refusal refusal(RuntimeException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof Refusal refusal) {
                return refusal;
            }
        }
        return Refusal.invalid("body", "the request cannot be read: " + e.getMessage());
    }
}
