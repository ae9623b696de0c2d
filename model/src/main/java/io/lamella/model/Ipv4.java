package io.lamella.model;

/**
 * An IPv4 address.
 *
 * @param bits the address in network byte order as an unsigned 32-bit number
 */
public record Ipv4(int bits) implements Comparable<Ipv4> {
    /** Parses dotted decimal notation with exactly four parts and no leading zeros (RFC 6943 section 3.1.1). */
    public static Ipv4 parse(String field, String text) {
        String[] parts = text.split("\\.", -1);
        int bits = 0;
        boolean ok = parts.length == 4;
        for (int i = 0; ok && i < 4; i++) {
            String p = parts[i];
            ok = !p.isEmpty()
                    && p.length() <= 3
                    && p.chars().allMatch(c -> c >= '0' && c <= '9')
                    && (p.length() == 1 || p.charAt(0) != '0')
                    && Integer.parseInt(p) <= 255;
            bits = ok ? bits << 8 | Integer.parseInt(p) : bits;
        }
        if (!ok) {
            throw Refusal.invalid(field, text, "an IPv4 address such as 10.0.0.2");
        }
        return new Ipv4(bits);
    }

    public Ipv4 plus(long n) {
        return new Ipv4((int) (Integer.toUnsignedLong(bits) + n));
    }

    @Override
    public int compareTo(Ipv4 other) {
        return Integer.compareUnsigned(bits, other.bits);
    }

    @Override
    public String toString() {
        return (bits >>> 24) + "." + (bits >>> 16 & 255) + "." + (bits >>> 8 & 255) + "." + (bits & 255);
    }
}
