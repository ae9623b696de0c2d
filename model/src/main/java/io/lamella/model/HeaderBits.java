package io.lamella.model;

import java.util.ArrayList;
import java.util.List;

/**
 * The values that agree with a value in the bits of a mask. Values stand at the upper end of 128 bits whatever their
 * width, so that a prefix looks the same in all of them.
 *
 * @param value the value's upper 64 bits; bits outside the mask are zero
 * @param rest its lower 64 bits
 * @param mask the mask's upper 64 bits
 * @param maskRest its lower 64 bits
 */
record HeaderBits(long value, long rest, long mask, long maskRest) implements HeaderSet {
    static final HeaderBits ALL = new HeaderBits(0, 0, 0, 0);

    /** @param length of the prefix, 0 to 128 bits; the bits behind it are ignored */
    static HeaderBits prefix(long value, long rest, int length) {
        return new HeaderBits(value, rest, ones(length), ones(length - 64));
    }

    /** So many ones from the highest bit down, at most 64; none for a negative number. */
    private static long ones(int count) {
        return count <= 0 ? 0 : -1L << (64 - Math.min(count, 64));
    }

    /** How many bits the mask has where its ones all come first, otherwise -1. */
    int prefixLength() {
        int length = Long.bitCount(mask) + Long.bitCount(maskRest);
        return mask == ones(length) && maskRest == ones(length - 64) ? length : -1;
    }

    HeaderBits {
        value &= mask;
        rest &= maskRest;
    }

    @Override
    public boolean overlaps(HeaderSet other) {
        HeaderBits o = (HeaderBits) other;
        return ((value ^ o.value) & mask & o.mask) == 0 && ((rest ^ o.rest) & maskRest & o.maskRest) == 0;
    }

    @Override
    public HeaderSet intersect(HeaderSet other) {
        HeaderBits o = (HeaderBits) other;
        return new HeaderBits(value | o.value, rest | o.rest, mask | o.mask, maskRest | o.maskRest);
    }

    @Override
    public boolean contains(HeaderSet other) {
        HeaderBits o = (HeaderBits) other;
        return (mask & ~o.mask) == 0 && (maskRest & ~o.maskRest) == 0 && overlaps(o);
    }

    /** One set for each bit that only {@code other} fixes: equal before it, different in it, free behind it. */
    @Override
    public List<HeaderSet> minus(HeaderSet other) {
        HeaderBits o = (HeaderBits) other;
        List<HeaderSet> left = new ArrayList<>(pieces(o));
        long open = o.mask & ~mask;
        long fixed = 0;
        while (open != 0) {
            long bit = Long.highestOneBit(open);
            left.add(
                    new HeaderBits(value | ((o.value & fixed) | (~o.value & bit)), rest, mask | fixed | bit, maskRest));
            fixed |= bit;
            open &= ~bit;
        }
        open = o.maskRest & ~maskRest;
        long fixedRest = 0;
        while (open != 0) {
            long bit = Long.highestOneBit(open);
            left.add(new HeaderBits(
                    value | (o.value & fixed),
                    rest | ((o.rest & fixedRest) | (~o.rest & bit)),
                    mask | fixed,
                    maskRest | fixedRest | bit));
            fixedRest |= bit;
            open &= ~bit;
        }
        return left;
    }

    @Override
    public int pieces(HeaderSet other) {
        HeaderBits o = (HeaderBits) other;
        return Long.bitCount(o.mask & ~mask) + Long.bitCount(o.maskRest & ~maskRest);
    }

    @Override
    public HeaderSet one(HeaderField field) {
        return prefix(value, rest, field.form().bits());
    }

    @Override
    public long low() {
        return value;
    }

    @Override
    public long high() {
        return value | ~mask;
    }
}
