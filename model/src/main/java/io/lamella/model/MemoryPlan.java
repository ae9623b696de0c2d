package io.lamella.model;

import java.util.Collection;
import java.util.Optional;

/**
 * The division of memory: between slices on the node, between instances in a slice. What has a limit has it reserved,
 * so that limits together never exceed what there is.
 */
public final class MemoryPlan {
    private MemoryPlan() {}

    /** The sum of the limits that are set. Limits within what has none may be any number; their sum ends at the largest. */
    public static ByteSize reserved(Collection<Optional<ByteSize>> limits) {
        return new ByteSize(limits.stream()
                .flatMap(Optional::stream)
                .mapToLong(ByteSize::bytes)
                .reduce(0, (sum, bytes) -> bytes > Long.MAX_VALUE - sum ? Long.MAX_VALUE : sum + bytes));
    }

    /**
     * Refuses a limit that does not fit.
     *
     * @param whole what is divided, in words, such as {@code slice "a"}
     * @param total absent: unlimited
     * @param reserved what the others have
     */
    public static void check(String whole, Optional<ByteSize> total, ByteSize reserved, Optional<ByteSize> request) {
        if (total.isEmpty() || request.isEmpty()) {
            return;
        }
        long left = Math.max(0, total.get().bytes() - reserved.bytes());
        if (request.get().bytes() > left) {
            throw Refusal.exhausted(
                    "memory",
                    "memory \"" + request.get() + "\" is more than " + whole + " has left: " + readable(left) + " of "
                            + readable(total.get().bytes()));
        }
    }

    private static String readable(long bytes) {
        return bytes < 1 << 20 ? bytes + " bytes" : (bytes >> 20) + "M";
    }
}
