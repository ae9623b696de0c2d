package io.lamella.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The division of the node's CPUs between slices, and of a slice's between its instances. A CPU that one slice asked
 * for is never another's; slices that asked for none share what is left.
 */
public final class CpuPlan {
    private CpuPlan() {}

    /**
     * A slice as the plan sees it.
     *
     * @param request what it asks for; absent: a share of what is left
     * @param current what it has now, kept as far as the request allows; empty for a new slice
     */
    public record Claim(String slice, Optional<CpuRequest> request, CpuSet current) {}

    /**
     * Assigns CPUs to every claim. Claims are served in the given order, named CPUs before counted ones.
     *
     * @param online the CPUs that exist and are online
     * @return a non-empty set for each claim
     */
    public static Map<String, CpuSet> assign(CpuSet online, List<Claim> claims) {
        Map<String, CpuSet> result = new HashMap<>();
        CpuSet free = online;
        for (Claim claim : claims) {
            if (claim.request().orElse(null) instanceof CpuRequest.Exactly exactly) {
                CpuSet cpus = exactly.cpus();
                if (!online.containsAll(cpus)) {
                    throw Refusal.invalid(
                            "cpus",
                            "cpus \"" + cpus + "\" of slice \"" + claim.slice() + "\" do not all exist: the node has "
                                    + online);
                }
                if (!free.containsAll(cpus)) {
                    throw Refusal.conflict(
                            "cpus",
                            "cpus \"" + cpus.minus(free) + "\" belong to another slice: free are " + orNone(free));
                }
                result.put(claim.slice(), cpus);
                free = free.minus(cpus);
            }
        }
        // What a counted claim has stays its own before anybody else is served, so that plans are stable.
        for (Claim claim : claims) {
            if (claim.request().orElse(null) instanceof CpuRequest.Count count) {
                CpuSet kept = claim.current().intersect(free).first(count.count());
                result.put(claim.slice(), kept);
                free = free.minus(kept);
            }
        }
        for (Claim claim : claims) {
            if (claim.request().orElse(null) instanceof CpuRequest.Count count) {
                CpuSet kept = result.getOrDefault(claim.slice(), CpuSet.EMPTY);
                CpuSet more = free.first(count.count() - kept.size());
                if (kept.size() + more.size() < count.count()) {
                    throw Refusal.exhausted(
                            "cpus",
                            "cpus \"" + count.count() + "\" of slice \"" + claim.slice() + "\" are more than are free: "
                                    + orNone(kept.union(free)) + " of " + online);
                }
                result.put(claim.slice(), kept.union(more));
                free = free.minus(more);
            }
        }
        for (Claim claim : claims) {
            if (claim.request().isEmpty()) {
                if (free.isEmpty()) {
                    throw Refusal.exhausted(
                            "cpus",
                            "no CPU is left for slice \"" + claim.slice()
                                    + "\", which asks for none of its own: all of " + online
                                    + " belong to other slices");
                }
                result.put(claim.slice(), free);
            }
        }
        return result;
    }

    /** The CPUs that no claim's answer in {@code assigned} has to itself. */
    public static CpuSet free(CpuSet online, Collection<Slice> slices) {
        CpuSet free = online;
        for (Slice slice : slices) {
            if (slice.dedicated()) {
                free = free.minus(slice.cpus());
            }
        }
        return free;
    }

    /**
     * The CPUs of an instance within its slice.
     *
     * @param slice the slice's CPUs
     * @param others the CPUs of the slice's other instances that asked for some
     */
    public static CpuSet within(CpuSet slice, Optional<CpuRequest> request, Collection<CpuSet> others) {
        if (request.isEmpty()) {
            return slice;
        }
        return switch (request.get()) {
            case CpuRequest.Exactly exactly -> {
                if (!slice.containsAll(exactly.cpus())) {
                    throw Refusal.invalid("cpus", exactly.cpus(), "within the slice's CPUs " + slice);
                }
                yield exactly.cpus();
            }
            case CpuRequest.Count count -> {
                if (count.count() > slice.size()) {
                    throw Refusal.invalid(
                            "cpus", count.count(), "at most " + slice.size() + ", the slice's CPUs being " + slice);
                }
                yield leastUsed(slice, count.count(), others);
            }
        };
    }

    private static CpuSet leastUsed(CpuSet slice, int count, Collection<CpuSet> others) {
        List<Integer> cpus = new ArrayList<>(slice.stream().boxed().toList());
        cpus.sort(Comparator.<Integer>comparingLong(
                        cpu -> others.stream().filter(o -> o.contains(cpu)).count())
                .thenComparing(Comparator.naturalOrder()));
        return CpuSet.of(cpus.stream().limit(count).mapToInt(Integer::intValue).toArray());
    }

    private static String orNone(CpuSet cpus) {
        return cpus.isEmpty() ? "none" : cpus.toString();
    }
}
