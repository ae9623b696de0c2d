package io.lamella.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lamella.model.CorePlan.Grant;
import io.lamella.model.CpuTopology.Cpu;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class CorePlanProperties {
    /** Machines of 1 to 256 CPUs with 1 to 4 threads a core, 1 to 4 NUMA nodes, some CPUs offline, some efficient. */
    @Provide
    Arbitrary<CpuTopology> machines() {
        return Combinators.combine(
                        Arbitraries.integers().between(1, 256),
                        Arbitraries.of(1, 1, 2, 4),
                        Arbitraries.integers().between(1, 4),
                        Arbitraries.integers().between(0, 255).set().ofMaxSize(5),
                        Arbitraries.of(true, false),
                        Arbitraries.of(true, false))
                .as(CorePlanProperties::machine);
    }

    private static CpuTopology machine(
            int count, int threads, int nodes, java.util.Set<Integer> offline, boolean hybrid, boolean interleaved) {
        List<Cpu> cpus = new ArrayList<>();
        int cores = Math.max(1, count / threads);
        for (int i = 0; i < count; i++) {
            int core = interleaved ? i % cores : i / threads;
            boolean online = i == count - 1 || !offline.contains(i);
            int node = core * nodes / (count + 1);
            cpus.add(new Cpu(i, online, node, core, node, hybrid && core > cores / 2));
        }
        return new CpuTopology(cpus);
    }

    private static CpuTopology smt(int cores) {
        return machine(cores * 2, 2, 1, java.util.Set.of(), false, true);
    }

    @Provide
    Arbitrary<List<CoreRequest>> requests() {
        Arbitrary<Optional<CpuRequest>> counts =
                Arbitraries.integers().between(1, 12).map(n -> Optional.of(new CpuRequest.Count(n)));
        Arbitrary<Optional<CpuRequest>> sets = Arbitraries.integers()
                .between(0, 40)
                .set()
                .ofMinSize(1)
                .ofMaxSize(3)
                .map(s -> Optional.of(new CpuRequest.Exactly(
                        CpuSet.of(s.stream().mapToInt(Integer::intValue).toArray()))));
        return Combinators.combine(
                        Arbitraries.of(IsolationProfile.class),
                        Arbitraries.frequencyOf(net.jqwik.api.Tuple.of(4, counts), net.jqwik.api.Tuple.of(1, sets)),
                        Arbitraries.of(true, false),
                        Arbitraries.integers().between(1, 4),
                        Arbitraries.of(NumaPolicy.class))
                .as((profile, cpus, full, threads, numa) -> new CoreRequest("?", profile, cpus, full, threads, numa))
                .list()
                .ofMaxSize(6)
                .map(CorePlanProperties::named);
    }

    private static List<CoreRequest> named(List<CoreRequest> requests) {
        List<CoreRequest> named = new ArrayList<>();
        for (CoreRequest r : requests) {
            named.add(new CoreRequest(
                    "r" + named.size(), r.profile(), r.cpus(), r.fullCores(), r.threadsPerCore(), r.numa()));
        }
        return named;
    }

    private static Optional<CorePlan> plan(CpuTopology t, List<CoreRequest> requests, Map<String, CpuSet> current) {
        try {
            return Optional.of(CorePlan.of(t, requests, current));
        } catch (Refusal e) {
            assertThat(e.field()).isEqualTo("cpus");
            assertThat(e.getMessage()).doesNotContain("\n");
            return Optional.empty();
        }
    }

    private static Map<String, CpuSet> held(CorePlan plan) {
        Map<String, CpuSet> held = new HashMap<>();
        plan.grants().forEach(g -> held.put(g.request().name(), g.cpus()));
        return held;
    }

    @Property
    void everyCpuIsInOnePlaceAndHousekeepingNeverEmpty(
            @ForAll("machines") CpuTopology t, @ForAll("requests") List<CoreRequest> requests) {
        plan(t, requests, Map.of()).ifPresent(plan -> check(t, requests, plan));
    }

    private static void check(CpuTopology t, List<CoreRequest> requests, CorePlan plan) {
        assertThat(plan.housekeeping().isEmpty()).isFalse();
        assertThat(plan.grants()).extracting(Grant::request).isEqualTo(requests);
        CpuSet given = CpuSet.EMPTY;
        for (Grant grant : plan.grants()) {
            CoreRequest request = grant.request();
            assertThat(grant.cpus().isEmpty()).isFalse();
            if (request.profile() == IsolationProfile.SHARED) {
                assertThat(plan.shared().union(plan.housekeeping()).containsAll(grant.cpus()))
                        .isTrue();
                continue;
            }
            CpuSet mine = grant.cpus().union(grant.idle());
            assertThat(mine.intersects(given)).as("given twice").isFalse();
            assertThat(grant.cpus().intersects(grant.idle())).isFalse();
            given = given.union(mine);
            assertThat(grant.cpus().size())
                    .isEqualTo(request.cpus().orElseThrow().count());
            if (request.fullCores()) {
                assertThat(mine).as("siblings").isEqualTo(t.wholeCores(mine));
                t.cores()
                        .forEach(core -> assertThat(core.intersect(grant.cpus()).size())
                                .isLessThanOrEqualTo(request.threadsPerCore()));
            } else {
                assertThat(grant.idle()).isEqualTo(CpuSet.EMPTY);
            }
            if (request.numa() == NumaPolicy.STRICT) {
                assertThat(t.nodes()).anyMatch(node -> node.containsAll(grant.cpus()));
            }
        }
        assertThat(given.intersects(plan.housekeeping())).isFalse();
        assertThat(given.intersects(plan.shared())).isFalse();
        assertThat(plan.housekeeping().intersects(plan.shared())).isFalse();
        assertThat(given.union(plan.housekeeping()).union(plan.shared())).isEqualTo(t.online());
        assertThat(given.containsAll(plan.isolated())).isTrue();
    }

    @Property
    void aPlanIsStableWhenOthersComeAndGo(
            @ForAll("machines") CpuTopology t,
            @ForAll("requests") List<CoreRequest> requests,
            @ForAll("requests") List<CoreRequest> more) {
        Optional<CorePlan> first = plan(t, requests, Map.of());
        if (first.isEmpty()) {
            return;
        }
        Map<String, CpuSet> held = held(first.get());
        List<CoreRequest> rest =
                requests.stream().filter(r -> !r.name().equals("r1")).toList();
        CorePlan without = CorePlan.of(t, rest, held);
        List<CoreRequest> grown = new ArrayList<>();
        more.stream()
                .filter(r -> r.cpus().orElse(null) instanceof CpuRequest.Count)
                .forEach(r -> grown.add(new CoreRequest(
                        "new-" + r.name(), r.profile(), r.cpus(), r.fullCores(), r.threadsPerCore(), r.numa())));
        grown.addAll(requests);
        List<CorePlan> later = new ArrayList<>(List.of(without));
        plan(t, grown, held).ifPresent(later::add);
        for (CorePlan plan : later) {
            for (Grant grant : plan.grants()) {
                CoreRequest request = grant.request();
                if (request.profile() != IsolationProfile.SHARED && held.containsKey(request.name())) {
                    assertThat(grant.cpus()).isEqualTo(held.get(request.name()));
                }
            }
        }
    }

    private static CoreRequest isolated(String cpus, boolean full, int threads) {
        return new CoreRequest(
                "a",
                IsolationProfile.ISOLATED,
                Optional.of(CpuRequest.parse("cpus", cpus)),
                full,
                threads,
                NumaPolicy.ANY);
    }

    @Example
    void oneThreadOfACoreLeavesItsSiblingIdle() {
        Grant grant = CorePlan.of(smt(4), List.of(isolated("2", true, 1)), Map.of())
                .grants()
                .getFirst();
        assertThat(grant.cpus()).isEqualTo(CpuSet.of(1, 2));
        assertThat(grant.idle()).isEqualTo(CpuSet.of(5, 6));
    }

    @Example
    void refusalsSayWhy() {
        CpuTopology t = machine(4, 1, 1, java.util.Set.of(2), false, false);
        assertThatThrownBy(() -> CorePlan.of(t, List.of(isolated("7-7", true, 1)), Map.of()))
                .hasMessage("cpus \"7\" is not allowed: CPU 7 does not exist, the node has 0-3");
        assertThatThrownBy(() -> CorePlan.of(t, List.of(isolated("2-2", true, 1)), Map.of()))
                .hasMessage("cpus \"2\" is not allowed: CPU 2 is offline, online are 0-1,3");
        assertThatThrownBy(() -> CorePlan.of(t, List.of(isolated("0-1,3", true, 1)), Map.of()))
                .hasMessageContaining("no CPU would be left for housekeeping");
        assertThatThrownBy(() -> CorePlan.of(t, List.of(isolated("3", true, 1)), Map.of()))
                .hasMessageContaining("\"3\" on full cores")
                .hasMessageContaining("1,3 of 0-1,3");
        CoreRequest other = new CoreRequest(
                "b",
                IsolationProfile.DEDICATED,
                Optional.of(new CpuRequest.Exactly(CpuSet.of(1))),
                false,
                1,
                NumaPolicy.ANY);
        assertThatThrownBy(() -> CorePlan.of(t, List.of(other, isolated("1-1", true, 1)), Map.of()))
                .hasMessage("cpus \"1\" cannot be given: CPU 1 belongs to \"b\"");
    }
}
