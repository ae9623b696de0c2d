package io.lamella.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class CgroupsV1Properties {
    @Property
    void everyWeightSurvivesTheWayThroughShares(@ForAll @IntRange(min = 1, max = 10_000) int weight) {
        assertThat(CgroupsV1.shares(weight)).isBetween(2L, 262_144L); // what the kernel accepts
        assertThat(CgroupsV1.weight(CgroupsV1.shares(weight))).isEqualTo(weight);
    }

    @Property
    void anySharesAreAWeight(@ForAll @LongRange(min = 0) long shares) {
        assertThat(CgroupsV1.weight(shares)).isBetween(1, 10_000);
    }

    @Property
    void aListOfCpusIsReadBack(@ForAll Set<@IntRange(max = 8191) Integer> cpus) {
        BitSet bits = new BitSet();
        cpus.forEach(bits::set);
        assertThat(CgroupsV1.cpuList(CgroupsV1.text(bits))).isEqualTo(bits);
    }

    @Property
    void rangesAreRead(@ForAll @IntRange(max = 4000) int first, @ForAll @IntRange(min = 1, max = 4000) int more) {
        BitSet bits = CgroupsV1.cpuList(first + "-" + (first + more));
        assertThat(bits.cardinality()).isEqualTo(more + 1);
        assertThat(bits.nextSetBit(0)).isEqualTo(first);
    }
}
