package io.lamella.model;

import java.util.ArrayList;
import java.util.List;

/** The numbers from {@code low} to {@code high}, both included, as unsigned 64-bit numbers. */
record HeaderRange(long low, long high) implements HeaderSet {
    HeaderRange {
        if (below(high, low)) {
            throw new IllegalArgumentException("an empty range");
        }
    }

    static HeaderRange exactly(long value) {
        return new HeaderRange(value, value);
    }

    private static boolean below(long a, long b) {
        return Long.compareUnsigned(a, b) < 0;
    }

    @Override
    public boolean overlaps(HeaderSet other) {
        return !below(other.high(), low) && !below(high, other.low());
    }

    @Override
    public HeaderSet intersect(HeaderSet other) {
        return new HeaderRange(
                below(low, other.low()) ? other.low() : low, below(high, other.high()) ? high : other.high());
    }

    @Override
    public boolean contains(HeaderSet other) {
        return !below(other.low(), low) && !below(high, other.high());
    }

    @Override
    public List<HeaderSet> minus(HeaderSet other) {
        List<HeaderSet> rest = new ArrayList<>(2);
        if (below(low, other.low())) {
            rest.add(new HeaderRange(low, other.low() - 1));
        }
        if (below(other.high(), high)) {
            rest.add(new HeaderRange(other.high() + 1, high));
        }
        return rest;
    }

    @Override
    public int pieces(HeaderSet other) {
        return (below(low, other.low()) ? 1 : 0) + (below(other.high(), high) ? 1 : 0);
    }

    @Override
    public HeaderSet one(HeaderField field) {
        return exactly(low);
    }
}
