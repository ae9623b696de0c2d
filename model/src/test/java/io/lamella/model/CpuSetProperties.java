package io.lamella.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CpuSetProperties {
    private static CpuSet set(Set<Integer> cpus) {
        return CpuSet.of(cpus.stream().mapToInt(Integer::intValue).toArray());
    }

    @Property
    void whatIsWrittenIsReadBack(@ForAll Set<@IntRange(max = CpuSet.MAX_CPU) Integer> cpus) {
        assertThat(CpuSet.parse("cpus", set(cpus).toString())).isEqualTo(set(cpus));
    }

    @Property
    void theAlgebraOfSetsHolds(
            @ForAll Set<@IntRange(max = 70) Integer> one, @ForAll Set<@IntRange(max = 70) Integer> two) {
        CpuSet a = set(one);
        CpuSet b = set(two);
        assertThat(a.union(b).minus(b)).isEqualTo(a.minus(b));
        assertThat(a.intersect(b).union(a.minus(b))).isEqualTo(a);
        assertThat(a.intersects(b)).isEqualTo(!a.intersect(b).isEmpty());
        assertThat(a.union(b).containsAll(a)).isTrue();
        assertThat(a.union(b).size())
                .isEqualTo(a.size() + b.size() - a.intersect(b).size());
    }

    @Property
    void anyTextIsReadOrRefused(@ForAll String text) {
        try {
            CpuSet read = CpuSet.parse("cpus", text);
            assertThat(CpuSet.parse("cpus", read.toString())).isEqualTo(read);
        } catch (Refusal e) {
            assertThat(e.field()).isEqualTo("cpus");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1-", "-1", "3-1", "a", "1,,2", "1,", "8192", "99999999999", "1 2", "0-1-2"})
    void malformedListsAreRefused(String text) {
        assertThatThrownBy(() -> CpuSet.parse("cpus", text))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining(text);
    }

    @Test
    void rangesAreFolded() {
        assertThat(CpuSet.parse("cpus", "3,1,0,2,8").toString()).isEqualTo("0-3,8");
    }

    @Property
    void aMaskIsReadBackWhateverItsLeadingZeros(
            @ForAll @net.jqwik.api.constraints.Size(max = 8)
                    java.util.Set<@net.jqwik.api.constraints.IntRange(max = CpuSet.MAX_CPU) Integer> cpus) {
        CpuSet set = CpuSet.of(cpus.stream().mapToInt(Integer::intValue).toArray());
        assertThat(CpuSet.parseMask("mask", set.mask())).isEqualTo(set);
        assertThat(CpuSet.parseMask("mask", set.mask().replaceFirst("^0+(?=.)", "")))
                .isEqualTo(set);
    }

    @Property
    void anyMaskIsReadOrRefused(@ForAll String text) {
        try {
            CpuSet.parseMask("mask", text);
        } catch (Refusal e) {
            assertThat(e.field()).isEqualTo("mask");
        }
    }
}
