package io.lamella.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * A condition as a switch takes it: a field's value under a mask. Values are those of OpenFlow 1.3 (section 7.2.3.7):
 * ports have 32 bits, a VLAN id has OFPVID_PRESENT (bit 12) set.
 *
 * @param high the upper 64 bits of an IPv6 address, otherwise 0
 * @param low the lower 64 bits
 * @param maskHigh the mask's upper 64 bits; bits beyond the field's do not count
 * @param maskLow the mask's lower 64 bits
 */
public record HeaderTerm(HeaderField field, long high, long low, long maskHigh, long maskLow) {
    private static final long PRESENT = 0x1000;
    private static final long VLAN_BITS = 0x1fff;
    private static final long WIRE_LOCAL = 0xffff_fffeL;
    private static final long WIRE_CONTROLLER = 0xffff_fffdL;

    public static HeaderTerm exactly(HeaderField field, long low) {
        return exactly(field, 0, low);
    }

    public static HeaderTerm exactly(HeaderField field, long high, long low) {
        return new HeaderTerm(field, high, low, -1, -1);
    }

    /** Whether the algebra has a set for it: masks of numbers must have all their ones first. */
    public boolean expressible() {
        return set().isPresent();
    }

    Optional<HeaderSet> set() {
        return switch (field.form()) {
            case MAC -> Optional.of(new HeaderBits(low << 16, 0, maskLow << 16, 0));
            case IPV4 -> Optional.of(new HeaderBits(low << 32, 0, maskLow << 32, 0));
            case IPV6 -> Optional.of(new HeaderBits(high, low, maskHigh, maskLow));
            case PORT -> port();
            case VLAN -> vlan();
            default -> number(field.all().high());
        };
    }

    private Optional<HeaderSet> port() {
        if ((maskLow & 0xffff_ffffL) != 0xffff_ffffL) {
            return Optional.empty();
        }
        long port = low == WIRE_LOCAL ? HeaderText.LOCAL : low == WIRE_CONTROLLER ? HeaderText.CONTROLLER : low;
        boolean known = port >= 1 && (port <= HeaderText.PORT_MAX || port != low);
        return known ? Optional.of(HeaderRange.exactly(port)) : Optional.empty();
    }

    private Optional<HeaderSet> vlan() {
        long mask = maskLow & VLAN_BITS;
        long value = low & mask;
        if (mask == 0) {
            return Optional.of(field.all());
        }
        if ((mask & PRESENT) == 0 || (low & ~VLAN_BITS) != 0) {
            return Optional.empty();
        }
        if ((value & PRESENT) == 0) {
            return value == 0 ? Optional.of(HeaderRange.exactly(0)) : Optional.empty();
        }
        long free = ~mask & 0xfff;
        long first = (value & 0xfff) + 1;
        return (free & (free + 1)) == 0 ? Optional.of(new HeaderRange(first, first + free)) : Optional.empty();
    }

    private Optional<HeaderSet> number(long full) {
        long free = ~maskLow & full;
        long value = low & ~free;
        boolean prefix = (free & (free + 1)) == 0;
        if (!prefix
                || (low & ~full) != 0
                || Long.compareUnsigned(value, field.all().low()) < 0) {
            return Optional.empty();
        }
        return Optional.of(new HeaderRange(value, value | free));
    }

    /** A term for each of the ports that is in a set. */
    static List<HeaderTerm> ports(HeaderSet set, Collection<Integer> ports) {
        return ports.stream()
                .map(port -> exactly(HeaderField.IN_PORT, port & 0xffff_ffffL))
                .filter(t -> t.set().filter(set::contains).isPresent())
                .toList();
    }

    /**
     * The terms whose union is a set, none where it is every value; empty where they would be more than {@code limit}.
     *
     * @param masks whether the switch takes masks for this field
     */
    static Optional<List<HeaderTerm>> of(HeaderField field, HeaderSet set, boolean masks, int limit) {
        if (set instanceof HeaderBits b) {
            return Optional.of(List.of(
                    switch (field.form()) {
                        case MAC -> new HeaderTerm(field, 0, b.value() >>> 16, 0, b.mask() >>> 16);
                        case IPV4 -> new HeaderTerm(field, 0, b.value() >>> 32, 0, b.mask() >>> 32);
                        default -> new HeaderTerm(field, b.value(), b.rest(), b.mask(), b.maskRest());
                    }));
        }
        List<HeaderTerm> terms = new ArrayList<>();
        long low = set.low();
        long high = set.high();
        boolean vlan = field.form() == HeaderField.Form.VLAN;
        if (vlan && low == 0) {
            terms.add(exactly(field, 0));
            if (high == 0) {
                return Optional.of(terms);
            }
            low = 1;
        }
        long shift = vlan ? 1 : 0;
        long extra = vlan ? PRESENT : 0;
        long full = vlan ? VLAN_BITS : field.all().high();
        long at = low - shift;
        long last = high - shift;
        while (true) {
            if (terms.size() >= limit) {
                return Optional.empty();
            }
            long size = masks && field.form() != HeaderField.Form.PORT ? block(at, last) : 0;
            terms.add(new HeaderTerm(field, 0, wire(field, at) | extra, 0, size == 0 ? -1 : full & ~size));
            if (Long.compareUnsigned(last - at, size) <= 0) {
                return Optional.of(terms);
            }
            at += size + 1;
        }
    }

    /** One less than the size of the largest aligned power-of-two block that begins at {@code at}. */
    private static long block(long at, long last) {
        long size = 0;
        while (size != -1) {
            long larger = size << 1 | 1;
            if ((at & larger) != 0 || Long.compareUnsigned(last - at, larger) < 0) {
                return size;
            }
            size = larger;
        }
        return size;
    }

    private static long wire(HeaderField field, long value) {
        if (field.form() != HeaderField.Form.PORT) {
            return value;
        }
        return value == HeaderText.LOCAL ? WIRE_LOCAL : value == HeaderText.CONTROLLER ? WIRE_CONTROLLER : value;
    }
}
