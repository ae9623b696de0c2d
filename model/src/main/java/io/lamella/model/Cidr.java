package io.lamella.model;

/**
 * An IPv4 prefix such as {@code 10.0.0.0/24} (RFC 4632). Host bits must be zero.
 *
 * @param prefix 0 to 32
 */
public record Cidr(Ipv4 base, int prefix) {
    public Cidr {
        if (prefix < 0 || prefix > 32 || (base.bits() & ~mask(prefix)) != 0) {
            throw Refusal.invalid("subnet", base + "/" + prefix, "a prefix without host bits such as 10.0.0.0/24");
        }
    }

    public static Cidr parse(String field, String text) {
        int slash = text.indexOf('/');
        String digits = slash < 0 ? "" : text.substring(slash + 1);
        if (!digits.matches("[0-9]|[12][0-9]|3[0-2]")) {
            throw Refusal.invalid(field, text, "a prefix such as 10.0.0.0/24");
        }
        Ipv4 base = Ipv4.parse(field, text.substring(0, slash));
        int prefix = Integer.parseInt(digits);
        if ((base.bits() & ~mask(prefix)) != 0) {
            throw Refusal.invalid(
                    field,
                    text,
                    "a prefix without host bits, here " + new Ipv4(base.bits() & mask(prefix)) + "/" + prefix);
        }
        return new Cidr(base, prefix);
    }

    private static int mask(int prefix) {
        return prefix == 0 ? 0 : -1 << (32 - prefix);
    }

    public boolean contains(Ipv4 address) {
        return (address.bits() & mask(prefix)) == base.bits();
    }

    public boolean overlaps(Cidr other) {
        return prefix <= other.prefix ? contains(other.base) : other.contains(base);
    }

    /** The number of addresses, network and broadcast included. */
    public long size() {
        return 1L << (32 - prefix);
    }

    /** The directed broadcast address (RFC 919); for /31 and /32 there is none and the last address is returned. */
    public Ipv4 broadcast() {
        return base.plus(size() - 1);
    }

    @Override
    public String toString() {
        return base + "/" + prefix;
    }
}
