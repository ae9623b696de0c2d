package io.lamella.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The division of the node's CPUs by how free of others they are kept. Every online CPU is in exactly one of
 * housekeeping, shared, and the grants' own ones.
 *
 * @param housekeeping where the host's processes and the kernel's work always may run; never empty
 * @param shared what nobody has alone and is not kept for housekeeping; may be empty
 * @param isolated what the profiles {@code isolated} and {@code realtime} were given, idle threads included
 * @param grants one for each request, in their order
 */
public record CorePlan(CpuSet housekeeping, CpuSet shared, CpuSet isolated, List<Grant> grants) {
    /**
     * What one request is given.
     *
     * @param cpus to run on; not empty
     * @param idle threads of the same cores that nobody runs on
     */
    public record Grant(CoreRequest request, CpuSet cpus, CpuSet idle) {
        CpuSet all() {
            return cpus.union(idle);
        }
    }

    public CorePlan {
        grants = List.copyOf(grants);
    }

    /**
     * Plans. CPUs that were named are served before counted ones, those that keep what they have before new ones: a
     * plan made again gives everybody the same, whoever else came or went.
     *
     * @param current what each request has now, by name; kept where it still is what the request asks for
     * @throws Refusal where there is no such plan: the sentence says why
     */
    public static CorePlan of(CpuTopology topology, List<CoreRequest> requests, Map<String, CpuSet> current) {
        Draft draft = new Draft(topology);
        List<CoreRequest> alone = requests.stream()
                .filter(r -> r.profile() != IsolationProfile.SHARED)
                .toList();
        for (CoreRequest request : alone) {
            if (request.cpus().orElse(null) instanceof CpuRequest.Exactly exactly) {
                draft.name(request, exactly.cpus());
            }
        }
        CpuSet kept = CpuSet.EMPTY;
        for (CoreRequest request : alone) {
            kept = kept.union(current.getOrDefault(request.name(), CpuSet.EMPTY));
        }
        CpuSet housekeeping = draft.housekeeping(kept);
        for (CoreRequest request : alone) {
            draft.keep(request, current.getOrDefault(request.name(), CpuSet.EMPTY));
        }
        for (CoreRequest request : alone) {
            if (request.cpus().orElse(null) instanceof CpuRequest.Count count) {
                draft.place(request, count.count());
            }
        }
        CpuSet shared = draft.free;
        CpuSet isolated = CpuSet.EMPTY;
        List<Grant> grants = new ArrayList<>();
        for (CoreRequest request : requests) {
            Grant grant = draft.grants.getOrDefault(
                    request.name(), new Grant(request, shared.isEmpty() ? housekeeping : shared, CpuSet.EMPTY));
            grants.add(grant);
            if (request.profile().compareTo(IsolationProfile.ISOLATED) >= 0) {
                isolated = isolated.union(grant.all());
            }
        }
        return new CorePlan(housekeeping, shared, isolated, grants);
    }

    /** A plan while it is made. */
    private static final class Draft {
        private final CpuTopology topology;
        private final List<CpuSet> cores;
        private final Map<String, Grant> grants = new HashMap<>();
        private CpuSet free;

        Draft(CpuTopology topology) {
            this.topology = topology;
            this.cores = topology.cores();
            this.free = topology.online();
        }

        void name(CoreRequest request, CpuSet cpus) {
            CpuSet unknown = cpus.minus(topology.present());
            if (!unknown.isEmpty()) {
                throw Refusal.invalid(
                        "cpus",
                        "cpus \"" + cpus + "\" is not allowed: CPU " + unknown + " does not exist, the node has "
                                + topology.present());
            }
            CpuSet offline = cpus.minus(topology.online());
            if (!offline.isEmpty()) {
                throw Refusal.invalid(
                        "cpus",
                        "cpus \"" + cpus + "\" is not allowed: CPU " + offline + " is offline, online are "
                                + topology.online());
            }
            CpuSet wanted = request.fullCores() ? topology.wholeCores(cpus) : cpus;
            if (!free.containsAll(wanted)) {
                throw taken(cpus, wanted.minus(free));
            }
            for (CpuSet core : cores) {
                if (request.fullCores() && core.intersect(cpus).size() > request.threadsPerCore()) {
                    throw Refusal.invalid(
                            "cpus",
                            "cpus \"" + cpus + "\" is not allowed: " + core.intersect(cpus)
                                    + " are threads of one core, and threadsPerCore is " + request.threadsPerCore());
                }
            }
            if (request.numa() == NumaPolicy.STRICT
                    && topology.nodes().stream().noneMatch(node -> node.containsAll(cpus))) {
                throw Refusal.invalid(
                        "cpus",
                        "cpus \"" + cpus + "\" is not allowed: they are of several NUMA nodes, and numa is strict");
            }
            give(request, cpus, wanted.minus(cpus));
        }

        private Refusal taken(CpuSet cpus, CpuSet taken) {
            for (Grant other : grants.values()) {
                if (other.all().intersects(taken)) {
                    return Refusal.conflict(
                            "cpus",
                            "cpus \"" + cpus + "\" cannot be given: CPU "
                                    + other.all().intersect(taken) + " belongs to \""
                                    + other.request().name() + "\"");
                }
            }
            return Refusal.conflict("cpus", "cpus \"" + cpus + "\" cannot be given: CPU " + taken + " is not free");
        }

        private void give(CoreRequest request, CpuSet cpus, CpuSet idle) {
            Grant grant = new Grant(request, cpus, idle);
            grants.put(request.name(), grant);
            free = free.minus(grant.all());
        }

        /** Takes the lowest core that is wholly free, else the lowest free CPU; rather one that nobody has had. */
        CpuSet housekeeping(CpuSet current) {
            for (CpuSet candidates : List.of(free.minus(current), free)) {
                for (CpuSet core : cores) {
                    if (candidates.containsAll(core)) {
                        free = free.minus(core);
                        return core;
                    }
                }
                if (!candidates.isEmpty()) {
                    free = free.minus(candidates.first(1));
                    return candidates.first(1);
                }
            }
            throw Refusal.exhausted(
                    "cpus",
                    "no CPU would be left for housekeeping: at least one of " + topology.online()
                            + " has to stay with the host's processes and the kernel's work");
        }

        void keep(CoreRequest request, CpuSet current) {
            if (request.cpus().orElse(null) instanceof CpuRequest.Count count && current.size() == count.count()) {
                CpuSet whole = request.fullCores() ? topology.wholeCores(current) : current;
                boolean crowded = request.fullCores()
                        && cores.stream().anyMatch(c -> c.intersect(current).size() > request.threadsPerCore());
                boolean spread = request.numa() == NumaPolicy.STRICT
                        && topology.nodes().stream().noneMatch(n -> n.containsAll(current));
                if (free.containsAll(whole) && !crowded && !spread) {
                    give(request, current, whole.minus(current));
                }
            }
        }

        void place(CoreRequest request, int count) {
            if (grants.containsKey(request.name())) {
                return;
            }
            if (request.numa() != NumaPolicy.ANY) {
                for (CpuSet node : topology.nodes()) {
                    if (tryPlace(request, count, node)) {
                        return;
                    }
                }
            }
            if (request.numa() == NumaPolicy.STRICT || !tryPlace(request, count, topology.online())) {
                String whole =
                        request.fullCores() ? " on full cores with " + request.threadsPerCore() + " threads each" : "";
                String where = request.numa() == NumaPolicy.STRICT ? " in one NUMA node" : "";
                throw Refusal.exhausted(
                        "cpus",
                        "cpus \"" + count + "\"" + whole + where + " are more than are free: "
                                + (free.isEmpty() ? "none" : free) + " of " + topology.online()
                                + ", the rest being kept for housekeeping or given already");
            }
        }

        /** Performance cores are taken before efficient ones, low ones before high ones. */
        private boolean tryPlace(CoreRequest request, int count, CpuSet within) {
            CpuSet cpus = CpuSet.EMPTY;
            CpuSet all = CpuSet.EMPTY;
            for (CpuSet kind : List.of(topology.online().minus(topology.efficient()), topology.efficient())) {
                for (CpuSet core : cores) {
                    CpuSet usable = core.intersect(free).intersect(within).intersect(kind);
                    int threads = request.fullCores() ? request.threadsPerCore() : usable.size();
                    if (cpus.size() < count && !usable.isEmpty() && (!request.fullCores() || free.containsAll(core))) {
                        CpuSet used = usable.first(Math.min(threads, count - cpus.size()));
                        cpus = cpus.union(used);
                        all = all.union(request.fullCores() ? core : used);
                    }
                }
            }
            if (cpus.size() < count) {
                return false;
            }
            give(request, cpus, all.minus(cpus));
            return true;
        }
    }
}
