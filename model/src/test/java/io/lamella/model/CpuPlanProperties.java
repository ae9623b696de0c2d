package io.lamella.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lamella.model.CpuPlan.Claim;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class CpuPlanProperties {
    @Provide
    Arbitrary<List<Optional<CpuRequest>>> requests() {
        Arbitrary<Optional<CpuRequest>> counts =
                Arbitraries.integers().between(1, 4).map(n -> Optional.of(new CpuRequest.Count(n)));
        Arbitrary<Optional<CpuRequest>> sets = Arbitraries.integers()
                .between(0, 20)
                .set()
                .ofMinSize(1)
                .ofMaxSize(3)
                .map(s -> Optional.of(new CpuRequest.Exactly(
                        CpuSet.of(s.stream().mapToInt(Integer::intValue).toArray()))));
        Arbitrary<Optional<CpuRequest>> none = Arbitraries.just(Optional.empty());
        return Arbitraries.frequencyOf(
                        net.jqwik.api.Tuple.of(3, counts),
                        net.jqwik.api.Tuple.of(2, sets),
                        net.jqwik.api.Tuple.of(1, none))
                .list()
                .ofMaxSize(6);
    }

    private static List<Claim> claims(List<Optional<CpuRequest>> requests) {
        List<Claim> claims = new ArrayList<>();
        for (int i = 0; i < requests.size(); i++) {
            claims.add(new Claim("s" + i, requests.get(i), CpuSet.EMPTY));
        }
        return claims;
    }

    @Property
    void noCpuIsGivenTwiceAndEveryClaimGetsWhatItAsksFor(
            @ForAll("requests") List<Optional<CpuRequest>> requests, @ForAll @IntRange(min = 1, max = 24) int online) {
        CpuSet cpus = CpuSet.range(0, online - 1);
        Map<String, CpuSet> plan;
        try {
            plan = CpuPlan.assign(cpus, claims(requests));
        } catch (Refusal e) {
            assertThat(e.field()).isEqualTo("cpus");
            return;
        }
        CpuSet owned = CpuSet.EMPTY;
        for (Claim claim : claims(requests)) {
            CpuSet mine = plan.getOrDefault(claim.slice(), CpuSet.EMPTY);
            assertThat(mine.isEmpty()).isFalse();
            assertThat(cpus.containsAll(mine)).isTrue();
            if (claim.request().isPresent()) {
                assertThat(mine.size()).isEqualTo(claim.request().get().count());
                assertThat(mine.intersects(owned)).isFalse();
                owned = owned.union(mine);
            }
        }
        for (Claim claim : claims(requests)) {
            if (claim.request().isEmpty()) {
                assertThat(plan.get(claim.slice())).isEqualTo(cpus.minus(owned));
            }
        }
    }

    @Property
    void aPlanIsStableWhenAnotherSliceGoes(
            @ForAll("requests") List<Optional<CpuRequest>> requests, @ForAll @IntRange(max = 5) int gone) {
        CpuSet cpus = CpuSet.range(0, 23);
        Map<String, CpuSet> plan;
        try {
            plan = CpuPlan.assign(cpus, claims(requests));
        } catch (Refusal e) {
            return;
        }
        List<Claim> rest = claims(requests).stream()
                .filter(c -> !c.slice().equals("s" + gone))
                .map(c -> new Claim(c.slice(), c.request(), plan.getOrDefault(c.slice(), CpuSet.EMPTY)))
                .toList();
        Map<String, CpuSet> after = CpuPlan.assign(cpus, rest);
        rest.stream()
                .filter(c -> c.request().isPresent())
                .forEach(c -> assertThat(after.get(c.slice())).isEqualTo(plan.get(c.slice())));
    }

    @Test
    void refusalsNameWhatIsThere() {
        CpuSet two = CpuSet.range(0, 1);
        assertThatThrownBy(() -> CpuPlan.assign(
                        two, List.of(new Claim("a", Optional.of(new CpuRequest.Count(3)), CpuSet.EMPTY))))
                .hasMessageContaining("\"3\"")
                .hasMessageContaining("0-1");
        assertThatThrownBy(() -> CpuPlan.assign(
                        two, List.of(new Claim("a", Optional.of(new CpuRequest.Exactly(CpuSet.of(7))), CpuSet.EMPTY))))
                .hasMessageContaining("\"7\"")
                .hasMessageContaining("0-1");
    }

    @Test
    void anInstanceGetsTheLeastUsedCpusOfItsSlice() {
        CpuSet slice = CpuSet.range(2, 5);
        assertThat(CpuPlan.within(slice, Optional.empty(), List.of())).isEqualTo(slice);
        assertThat(CpuPlan.within(slice, Optional.of(new CpuRequest.Count(2)), List.of(CpuSet.of(2), CpuSet.of(2, 4))))
                .isEqualTo(CpuSet.of(3, 5));
        assertThatThrownBy(() -> CpuPlan.within(slice, Optional.of(new CpuRequest.Count(5)), List.of()))
                .hasMessageContaining("\"5\"")
                .hasMessageContaining("2-5");
    }
}
