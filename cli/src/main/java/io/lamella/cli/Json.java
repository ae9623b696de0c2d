package io.lamella.cli;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON (RFC 8259) without types: for showing answers as they came and for the few that have no record in the model.
 * Objects are maps in the order of the text, arrays lists, numbers {@link Long} or {@link BigDecimal}.
 */
final class Json {
    private static final int MAX_DEPTH = 200;
    private static final int MAX_NUMBER = 100;

    private final String text;
    private int at;

    private Json(String text) {
        this.text = text;
    }

    /** @throws IllegalArgumentException where the text is not JSON, repeats a key, or nests deeper than 200 */
    static @Nullable Object parse(String text) {
        Json json = new Json(text);
        Object value = json.value(0);
        json.space();
        if (json.at < text.length()) {
            throw json.unexpected();
        }
        return value;
    }

    /** As {@link #parse}, for a text that must be an object. */
    static Map<?, ?> object(String text) {
        if (parse(text) instanceof Map<?, ?> map) {
            return map;
        }
        throw new IllegalArgumentException("not a JSON object");
    }

    /** The string at {@code key}, or the empty string. */
    static String string(Map<?, ?> object, String key) {
        return object.get(key) instanceof String s ? s : "";
    }

    /** What stands at the end of {@code keys}, as text; the empty string where there is nothing. */
    static String text(@Nullable Object value, String... keys) {
        Object at = value;
        for (String key : keys) {
            at = at instanceof Map<?, ?> map ? map.get(key) : null;
        }
        return at == null ? "" : at.toString();
    }

    /** The items of the array at {@code key}; none where there is no array. */
    static List<?> items(@Nullable Object object, String key) {
        return object instanceof Map<?, ?> map && map.get(key) instanceof List<?> list ? list : List.of();
    }

    private @Nullable Object value(int depth) {
        if (depth > MAX_DEPTH) {
            throw new IllegalArgumentException("JSON nests deeper than " + MAX_DEPTH);
        }
        space();
        char c = at < text.length() ? text.charAt(at) : ' ';
        return switch (c) {
            case '{' -> map(depth);
            case '[' -> list(depth);
            case '"' -> quoted();
            case 't' -> word("true", true);
            case 'f' -> word("false", false);
            case 'n' -> word("null", null);
            default -> number();
        };
    }

    private Map<String, @Nullable Object> map(int depth) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        at++;
        if (ends('}')) {
            return map;
        }
        do {
            space();
            if (at >= text.length() || text.charAt(at) != '"') {
                throw unexpected();
            }
            String key = quoted();
            space();
            expect(':');
            if (map.containsKey(key)) {
                throw new IllegalArgumentException("the key \"" + key + "\" is there twice");
            }
            map.put(key, value(depth + 1));
        } while (more('}'));
        return map;
    }

    private List<@Nullable Object> list(int depth) {
        List<@Nullable Object> list = new ArrayList<>();
        at++;
        if (ends(']')) {
            return list;
        }
        do {
            list.add(value(depth + 1));
        } while (more(']'));
        return list;
    }

    private boolean ends(char end) {
        space();
        if (at < text.length() && text.charAt(at) == end) {
            at++;
            return true;
        }
        return false;
    }

    private boolean more(char end) {
        if (ends(end)) {
            return false;
        }
        expect(',');
        return true;
    }

    private void expect(char c) {
        if (at >= text.length() || text.charAt(at) != c) {
            throw unexpected();
        }
        at++;
    }

    private @Nullable Object word(String word, @Nullable Object value) {
        if (!text.startsWith(word, at)) {
            throw unexpected();
        }
        at += word.length();
        return value;
    }

    private Object number() {
        int start = at;
        boolean whole = true;
        while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
            whole &= ".eE".indexOf(text.charAt(at)) < 0;
            at++;
        }
        String digits = text.substring(start, at);
        if (digits.isEmpty() || digits.length() > MAX_NUMBER || digits.charAt(0) == '+') {
            at = start;
            throw unexpected();
        }
        try {
            if (whole && digits.length() < 19) {
                return Long.valueOf(digits);
            }
            return new BigDecimal(digits);
        } catch (NumberFormatException e) {
            at = start;
            throw unexpected();
        }
    }

    private String quoted() {
        at++;
        int start = at;
        while (at < text.length() && text.charAt(at) != '"' && text.charAt(at) != '\\') {
            plain();
        }
        if (at < text.length() && text.charAt(at) == '"') {
            return text.substring(start, at++);
        }
        StringBuilder s = new StringBuilder(text.substring(start, at));
        while (at < text.length() && text.charAt(at) != '"') {
            s.append(text.charAt(at) == '\\' ? escaped() : plain());
        }
        expect('"');
        return s.toString();
    }

    private char plain() {
        char c = text.charAt(at);
        if (c < ' ') {
            throw unexpected();
        }
        at++;
        return c;
    }

    private char escaped() {
        at++;
        char c = at < text.length() ? text.charAt(at) : ' ';
        at++;
        int known = "\"\\/bfnrt".indexOf(c);
        if (known >= 0) {
            return "\"\\/\b\f\n\r\t".charAt(known);
        }
        int code = 0;
        for (int i = 0; i < 4; i++) {
            int digit = c == 'u' && at < text.length() ? Character.digit(text.charAt(at), 16) : -1;
            if (digit < 0) {
                throw unexpected();
            }
            code = code << 4 | digit;
            at++;
        }
        return (char) code;
    }

    private void space() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private IllegalArgumentException unexpected() {
        return new IllegalArgumentException("not JSON at character " + at);
    }

    /** The value on several lines, two spaces a level; ends without a line break. */
    static String pretty(@Nullable Object value) {
        StringBuilder s = new StringBuilder();
        write(s, value, "\n", true);
        return s.toString();
    }

    /** The value on one line. */
    static String line(@Nullable Object value) {
        StringBuilder s = new StringBuilder();
        write(s, value, "", false);
        return s.toString();
    }

    private static void write(StringBuilder s, @Nullable Object value, String indent, boolean pretty) {
        String inner = pretty ? indent + "  " : "";
        if (value instanceof Map<?, ?> map) {
            s.append('{');
            String separator = inner;
            for (Map.Entry<?, ?> e : map.entrySet()) {
                s.append(separator);
                quote(s, String.valueOf(e.getKey()));
                s.append(pretty ? ": " : ":");
                write(s, e.getValue(), inner, pretty);
                separator = "," + inner;
            }
            s.append(map.isEmpty() ? "}" : indent + "}");
        } else if (value instanceof List<?> list) {
            s.append('[');
            String separator = inner;
            for (Object item : list) {
                s.append(separator);
                write(s, item, inner, pretty);
                separator = "," + inner;
            }
            s.append(list.isEmpty() ? "]" : indent + "]");
        } else if (value == null || value instanceof Number || value instanceof Boolean) {
            s.append(value);
        } else {
            quote(s, value.toString());
        }
    }

    private static void quote(StringBuilder s, String text) {
        s.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            int known = "\"\\\b\f\n\r\t".indexOf(c);
            if (known >= 0) {
                s.append('\\').append("\"\\bfnrt".charAt(known));
            } else if (Character.isISOControl(c)) {
                s.append("\\u00").append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16));
            } else {
                s.append(c);
            }
        }
        s.append('"');
    }
}
