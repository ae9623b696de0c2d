package io.lamella.isolation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lamella.linux.Cgroups;
import io.lamella.model.ByteSize;
import io.lamella.model.CpuSet;
import io.lamella.model.IdRange;
import io.lamella.model.Phase;
import io.lamella.model.Refusal;
import io.lamella.model.Slice;
import io.lamella.model.SliceSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Slices in this machine's control groups. */
class CgroupPartitionTest {
    private final String root = "lamtest" + UUID.randomUUID().toString().substring(0, 8);
    private Cgroups cgroups;
    private CgroupPartition partition;

    @BeforeEach
    void begin() {
        assumeTrue(Files.isWritable(Path.of("/sys/fs/cgroup")), "needs root and a mounted /sys/fs/cgroup");
        cgroups = Cgroups.detect();
        assumeTrue(
                cgroups.controllers().containsAll(List.of("cpuset", "memory")),
                "needs the cpuset and memory controllers");
        partition = new CgroupPartition(cgroups, root, () -> CpuSet.EMPTY);
    }

    @AfterEach
    void clean() {
        if (partition != null) {
            partition.reconcile(List.of());
            assertThat(cgroups.exists(root)).isFalse();
        }
    }

    private static Slice slice(String name, CpuSet cpus, Optional<ByteSize> memory) {
        return new Slice(
                new SliceSpec(name, Optional.empty(), memory, Optional.empty()),
                cpus,
                new IdRange(1_000_000, IdRange.PER_SLICE),
                Phase.PRESENT,
                Instant.EPOCH);
    }

    @Test
    void knowsTheNode() {
        assertThat(partition.cpus().size()).isPositive();
        assertThat(partition.memory()).isGreaterThan(ByteSize.mebibytes(64));
        assertThat(partition.cgroupMode()).isIn("v1", "hybrid", "v2");
    }

    @Test
    void aSliceIsHeldToItsCpusAndMemory() {
        partition.apply(slice("a", CpuSet.of(0), Optional.of(ByteSize.mebibytes(64))));
        assertThat(cgroups.effectiveCpus(root + "/a")).isEqualTo("0");
        assertThat(cgroups.memoryLimit(root + "/a")).hasValue(64 << 20);

        partition.apply(slice("a", CpuSet.of(0), Optional.empty()));
        assertThat(cgroups.memoryLimit(root + "/a")).isEmpty();
    }

    @Test
    void aSliceMovesUnderItsInstances() {
        assumeTrue(partition.cpus().containsAll(CpuSet.of(0, 1)), "needs CPUs 0 and 1");
        partition.apply(slice("a", CpuSet.of(0, 1), Optional.empty()));
        cgroups.create(root + "/a/one/ns");
        cgroups.setCpus(root + "/a/one", "0");
        cgroups.setCpus(root + "/a/one/ns", "0");

        partition.apply(slice("a", CpuSet.of(1), Optional.empty()));
        assertThat(cgroups.effectiveCpus(root + "/a")).isEqualTo("1");
        assertThat(cgroups.effectiveCpus(root + "/a/one/ns")).isEqualTo("1");

        partition.apply(slice("a", CpuSet.of(0, 1), Optional.empty()));
        assertThat(cgroups.effectiveCpus(root + "/a")).isEqualTo("0-1");
    }

    @Test
    void reconcileLeavesExactlyTheSlicesOfTheNode() {
        Slice a = slice("a", CpuSet.of(0), Optional.empty());
        partition.apply(a);
        partition.apply(slice("b", CpuSet.of(0), Optional.empty()));
        cgroups.create(root + "/b/left-over/ns");

        partition.reconcile(List.of(a));
        partition.reconcile(List.of(a));

        assertThat(cgroups.children(root)).containsExactly("a");
        partition.remove("a");
        partition.remove("a");
        assertThat(cgroups.exists(root)).isFalse();
    }

    @Test
    void whatTheKernelRefusesIsARefusal() {
        assertThatThrownBy(() -> partition.apply(slice("a", CpuSet.of(4000), Optional.empty())))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("slice \"a\"")
                .hasMessageContaining("4000");
    }
}
