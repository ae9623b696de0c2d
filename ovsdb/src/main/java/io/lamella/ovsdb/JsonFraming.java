package io.lamella.ovsdb;

import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Cuts a stream of JSON objects and arrays, which nothing need separate (RFC 7047 section 4), into its values as their
 * bytes arrive. Looks only at brackets and strings; whether a value is well formed is for the parser to say.
 */
final class JsonFraming {
    /** Far deeper than OVSDB's notation goes, and shallow enough for a recursive parser. */
    static final int DEEPEST = 64;

    private static final int SMALL = 8 * 1024;
    private static final int KEPT = 1024 * 1024;

    private final int limit;
    private byte[] pending = new byte[SMALL];
    private int size;
    private int depth;
    private boolean inString;
    private boolean escaped;

    /** @param limit the largest value in bytes */
    JsonFraming(int limit) {
        this.limit = limit;
    }

    /** Takes the next {@code length} bytes and hands over each value that they complete. */
    void feed(byte[] chunk, int length, Consumer<byte[]> values) {
        int start = 0;
        for (int i = 0; i < length; i++) {
            byte b = chunk[i];
            if (inString) {
                if (escaped) {
                    escaped = false;
                } else if (b == '\\') {
                    escaped = true;
                } else if (b == '"') {
                    inString = false;
                }
            } else if (b == '{' || b == '[') {
                if (depth++ == 0) {
                    start = i;
                }
                if (depth > DEEPEST) {
                    throw OvsdbException.protocol("a value nested deeper than " + DEEPEST);
                }
            } else if (depth == 0) {
                if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
                    throw OvsdbException.protocol("byte " + (b & 0xff) + " between two JSON values");
                }
            } else if (b == '"') {
                inString = true;
            } else if ((b == '}' || b == ']') && --depth == 0) {
                keep(chunk, start, i + 1);
                byte[] value = Arrays.copyOf(pending, size);
                size = 0;
                if (pending.length > KEPT) {
                    pending = new byte[SMALL];
                }
                values.accept(value);
            }
        }
        if (depth > 0) {
            keep(chunk, start, length);
        }
    }

    private void keep(byte[] chunk, int from, int to) {
        int more = to - from;
        if (more > limit - size) {
            throw OvsdbException.protocol("a value larger than " + limit + " bytes");
        }
        if (size + more > pending.length) {
            pending = Arrays.copyOf(pending, Math.max(size + more, Math.min(limit, pending.length * 2)));
        }
        System.arraycopy(chunk, from, pending, size, more);
        size += more;
    }
}
