package io.lamella.image;

import io.lamella.image.TarEntry.Part;
import io.lamella.model.Refusal;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The records of a pax extended header (pax(1), "pax Extended Header"): {@code "LENGTH KEY=VALUE\n"}. Values stay bytes,
 * because those of extended attributes are no text.
 */
final class PaxRecords {
    private static final String XATTR = "SCHILY.xattr.";

    private final Map<String, byte[]> values = new HashMap<>();
    private final List<Part> sparse = new ArrayList<>();

    PaxRecords() {}

    PaxRecords(PaxRecords defaults) {
        values.putAll(defaults.values);
    }

    /** Adds the records in {@code data}; later ones override, an empty value removes. */
    void read(byte[] data) {
        int at = 0;
        long sparseOffset = -1;
        while (at < data.length) {
            int blank = at;
            int length = 0;
            while (blank < data.length && data[blank] >= '0' && data[blank] <= '9' && length <= data.length) {
                length = length * 10 + data[blank++] - '0';
            }
            int end = at + length;
            if (blank == at || blank >= data.length || data[blank] != ' ' || length > data.length - at) {
                throw malformed();
            }
            int equals = blank + 1;
            while (equals < end && data[equals] != '=') {
                equals++;
            }
            if (equals >= end || data[end - 1] != '\n') {
                throw malformed();
            }
            String key = new String(data, blank + 1, equals - blank - 1, StandardCharsets.UTF_8);
            byte[] value = java.util.Arrays.copyOfRange(data, equals + 1, end - 1);
            at = end;
            if (key.equals("GNU.sparse.offset")) { // sparse form 0.0 repeats its keys
                sparseOffset = number(value);
            } else if (key.equals("GNU.sparse.numbytes") && sparseOffset >= 0) {
                sparse.add(new Part(sparseOffset, number(value)));
                sparseOffset = -1;
            } else if (value.length == 0 && !key.startsWith(XATTR)) {
                values.remove(key);
            } else {
                values.put(key, value);
            }
        }
    }

    /** How many bytes of memory it holds, roughly. */
    long weight() {
        long weight = 0;
        for (Map.Entry<String, byte[]> e : values.entrySet()) {
            weight += e.getKey().length() + e.getValue().length + 64L;
        }
        return weight;
    }

    Optional<byte[]> bytes(String key) {
        return Optional.ofNullable(values.get(key));
    }

    long number(String key, long otherwise) {
        byte[] value = values.get(key);
        return value == null ? otherwise : number(value);
    }

    Optional<Instant> mtime() {
        byte[] value = values.get("mtime");
        if (value == null) {
            return Optional.empty();
        }
        try {
            if (value.length > 40) {
                throw malformed();
            }
            BigDecimal seconds = new BigDecimal(new String(value, StandardCharsets.ISO_8859_1));
            if (seconds.scale() > 40 || seconds.scale() < 0) {
                throw malformed(); // an exponent, which pax has not, could ask for gigabytes of digits
            }
            long whole = seconds.setScale(0, java.math.RoundingMode.FLOOR).longValueExact();
            int nanos = seconds.subtract(BigDecimal.valueOf(whole))
                    .movePointRight(9)
                    .intValue();
            return Optional.of(Instant.ofEpochSecond(whole, nanos));
        } catch (ArithmeticException | NumberFormatException | DateTimeException e) {
            throw malformed();
        }
    }

    Map<String, byte[]> xattrs() {
        Map<String, byte[]> xattrs = new HashMap<>();
        values.forEach((key, value) -> {
            if (key.startsWith(XATTR)) {
                xattrs.put(key.substring(XATTR.length()), value);
            }
        });
        return xattrs;
    }

    /** Whether the entry's data begins with a sparse map (form 1.0). */
    boolean mapInData() {
        return number("GNU.sparse.major", 0) == 1;
    }

    /** The sparse map of the forms 0.0 and 0.1. */
    Optional<List<Part>> map() {
        byte[] value = values.get("GNU.sparse.map");
        if (value == null) {
            return values.containsKey("GNU.sparse.numblocks") ? Optional.of(sparse) : Optional.empty();
        }
        String[] numbers = new String(value, StandardCharsets.ISO_8859_1).split(",", -1);
        if (numbers.length % 2 != 0) {
            throw malformed();
        }
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < numbers.length; i += 2) {
            parts.add(new Part(number(numbers[i]), number(numbers[i + 1])));
        }
        return Optional.of(parts);
    }

    static long number(String digits) {
        return number(digits.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** A decimal number without sign, below 2^63. */
    private static long number(byte[] digits) {
        if (digits.length == 0 || digits.length > 18) {
            throw malformed();
        }
        long value = 0;
        for (byte b : digits) {
            if (b < '0' || b > '9') {
                throw malformed();
            }
            value = value * 10 + b - '0';
        }
        return value;
    }

    private static Refusal malformed() {
        return Refusal.invalid("archive", "the archive is damaged: an extended header is malformed");
    }
}
