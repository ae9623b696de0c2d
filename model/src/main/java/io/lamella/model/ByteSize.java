package io.lamella.model;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An amount of memory or storage in bytes. Written as a number with an optional binary unit ({@code 64M}, {@code 1GiB},
 * {@code 512k}); K, M, G and T are powers of 1024, as in Linux's own memory files.
 *
 * @param bytes at least 0
 */
public record ByteSize(long bytes) implements Comparable<ByteSize> {
    private static final Pattern FORM = Pattern.compile("(\\d{1,15})\\s*([kmgt]?)(i?b)?", Pattern.CASE_INSENSITIVE);
    private static final String UNITS = "KMGT";

    public ByteSize {
        if (bytes < 0) {
            throw Refusal.invalid("size", bytes, "0 or more bytes");
        }
    }

    /** Parses {@code text}; refuses anything else than a number with an optional unit. */
    public static ByteSize parse(String field, String text) {
        Matcher m = FORM.matcher(text.strip());
        if (!m.matches()) {
            throw Refusal.invalid(field, text, "a number with an optional unit K, M, G or T, such as 256M");
        }
        int power = m.group(2).isEmpty() ? 0 : UNITS.indexOf(m.group(2).toUpperCase(Locale.ROOT)) + 1;
        try {
            return new ByteSize(Math.multiplyExact(Long.parseLong(m.group(1)), 1L << (10 * power)));
        } catch (ArithmeticException e) {
            throw Refusal.invalid(field, text, "less than 8388608T");
        }
    }

    public static ByteSize mebibytes(long n) {
        return new ByteSize(Math.multiplyExact(n, 1L << 20));
    }

    @Override
    public int compareTo(ByteSize other) {
        return Long.compare(bytes, other.bytes);
    }

    /** The shortest exact form: {@code parse(x.toString())} equals {@code x}. */
    @Override
    public String toString() {
        int power = 0;
        long n = bytes;
        while (n != 0 && n % 1024 == 0 && power < UNITS.length()) {
            n /= 1024;
            power++;
        }
        return power == 0 ? Long.toString(n) : n + UNITS.substring(power - 1, power);
    }
}
