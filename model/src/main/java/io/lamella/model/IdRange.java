package io.lamella.model;

import java.util.Collection;

/**
 * A contiguous range of host user and group ids that a slice's containers are mapped to (user_namespaces(7)). No two
 * slices share an id, so that even an escaped process of one slice owns nothing of another's.
 *
 * @param first the host id of the container's id 0
 * @param count how many ids
 */
public record IdRange(long first, long count) {
    /** What an instance's user namespace gets: ids 0 to 65535. */
    public static final long PER_SLICE = 65_536;

    public boolean overlaps(IdRange other) {
        return first < other.first + other.count && other.first < first + count;
    }

    /** The lowest free range of {@link #PER_SLICE} ids within {@code pool} that overlaps none of {@code taken}. */
    public static IdRange allocate(IdRange pool, Collection<IdRange> taken) {
        for (long first = pool.first; first + PER_SLICE <= pool.first + pool.count; first += PER_SLICE) {
            IdRange candidate = new IdRange(first, PER_SLICE);
            if (taken.stream().noneMatch(candidate::overlaps)) {
                return candidate;
            }
        }
        throw Refusal.exhausted("slice", "no range of " + PER_SLICE + " user ids is left in " + pool);
    }

    @Override
    public String toString() {
        return first + "-" + (first + count - 1);
    }
}
