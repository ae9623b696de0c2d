package io.lamella.model;

/** The bounds that every request is held to, whatever the node. */
public final class Limits {
    /** Less than this no instance's init survives. */
    public static final ByteSize MIN_MEMORY = ByteSize.mebibytes(4);

    private Limits() {}

    static void checkMemory(String field, ByteSize memory) {
        if (memory.compareTo(MIN_MEMORY) < 0) {
            throw Refusal.invalid(field, memory, "at least " + MIN_MEMORY);
        }
    }

    static void checkRange(String field, int value, int low, int high) {
        if (value < low || value > high) {
            throw Refusal.invalid(field, value, "from " + low + " to " + high);
        }
    }
}
