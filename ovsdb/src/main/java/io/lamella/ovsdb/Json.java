package io.lamella.ovsdb;

import io.avaje.json.JsonReader;
import io.avaje.json.JsonWriter;
import io.avaje.json.stream.JsonStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * JSON as Map, List, String, Long, Double, Boolean and null. The library's own tree mapper is not used because it reads
 * integers through double, which changes those above 2^53.
 */
final class Json {
    private static final JsonStream STREAM =
            JsonStream.builder().serializeNulls(true).serializeEmpty(true).build();
    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?");

    private Json() {}

    /** Reads one value, whose depth the framing has bounded; throws {@link OvsdbException} where it is malformed. */
    static @Nullable Object parse(byte[] text) {
        try (JsonReader reader = STREAM.reader(text)) {
            return read(reader);
        } catch (OvsdbException e) {
            throw e;
        } catch (RuntimeException e) {
            // The library has no common ancestor for what it throws at malformed text.
            throw new OvsdbException("reading", OvsdbException.PROTOCOL, e);
        }
    }

    private static @Nullable Object read(JsonReader reader) {
        return switch (reader.currentToken()) {
            case BEGIN_OBJECT -> readObject(reader);
            case BEGIN_ARRAY -> readArray(reader);
            case STRING -> wellFormed(reader.readString());
            case BOOLEAN -> reader.readBoolean();
            case NUMBER -> number(reader.readRaw());
            case NULL -> {
                reader.isNullValue();
                yield null;
            }
        };
    }

    private static Map<String, @Nullable Object> readObject(JsonReader reader) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        reader.beginObject();
        while (reader.hasNextField()) {
            String name = wellFormed(reader.nextField());
            fields.put(name, read(reader));
        }
        reader.endObject();
        return fields;
    }

    private static List<@Nullable Object> readArray(JsonReader reader) {
        List<@Nullable Object> elements = new ArrayList<>();
        reader.beginArray();
        while (reader.hasNextElement()) {
            elements.add(read(reader));
        }
        reader.endArray();
        return elements;
    }

    /** The library passes on halves of surrogate pairs, which it then cannot write. */
    private static String wellFormed(String text) {
        if (text.chars().anyMatch(c -> Character.isSurrogate((char) c))
                && text.codePoints().anyMatch(c -> c <= Character.MAX_VALUE && Character.isSurrogate((char) c))) {
            throw OvsdbException.protocol("half of a surrogate pair");
        }
        return text;
    }

    private static Object number(String raw) {
        String text = raw.strip();
        if (text.length() > 64 || !NUMBER.matcher(text).matches()) {
            throw OvsdbException.protocol("not a JSON number: " + text.substring(0, Math.min(text.length(), 64)));
        }
        if (text.contains(".") || text.contains("e") || text.contains("E")) {
            double real = Double.parseDouble(text);
            if (Double.isInfinite(real)) {
                throw OvsdbException.protocol("number outside the range of double: " + text);
            }
            return real;
        }
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw OvsdbException.protocol("integer outside 64 bits: " + text);
        }
    }

    static byte[] bytes(@Nullable Object tree) {
        var writer = STREAM.bufferedWriterAsBytes();
        write(tree, writer);
        return writer.result();
    }

    private static void write(@Nullable Object tree, JsonWriter writer) {
        switch (tree) {
            case null -> writer.nullValue();
            case Map<?, ?> map -> {
                writer.beginObject();
                map.forEach((name, value) -> {
                    writer.name(String.valueOf(name));
                    write(value, writer);
                });
                writer.endObject();
            }
            case List<?> list -> {
                writer.beginArray();
                list.forEach(element -> write(element, writer));
                writer.endArray();
            }
            case String text -> writer.value(text);
            case Long whole -> writer.value(whole.longValue());
            case Double real -> writer.value(real.doubleValue());
            case Boolean flag -> writer.value(flag.booleanValue());
            default -> throw new IllegalArgumentException("no JSON for " + tree.getClass());
        }
    }
}
