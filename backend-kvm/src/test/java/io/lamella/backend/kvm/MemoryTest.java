package io.lamella.backend.kvm;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lamella.compute.InstancePlan;
import io.lamella.compute.Root;
import io.lamella.model.BackendKind;
import io.lamella.model.Codec;
import io.lamella.model.CpuSet;
import io.lamella.model.IdRange;
import io.lamella.model.Instance;
import io.lamella.model.InstanceSpec;
import io.lamella.model.Phase;
import io.lamella.model.Slice;
import io.lamella.model.SliceSpec;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Memory that is not there is refused before anything is made. */
class MemoryTest {
    private static final long GIBIBYTE = 1L << 30;

    private static InstancePlan plan(String options) {
        InstanceSpec spec =
                Codec.read(InstanceSpec.class, "{\"name\":\"x\",\"image\":\"i\",\"backend\":\"kvm\"" + options + "}");
        Slice slice = new Slice(
                new SliceSpec("a", Optional.empty(), Optional.empty(), Optional.empty()),
                CpuSet.of(0),
                new IdRange(1_000_000, IdRange.PER_SLICE),
                Phase.PRESENT,
                Instant.EPOCH);
        Instance instance = new Instance(
                UUID.randomUUID(),
                "a",
                spec,
                BackendKind.KVM,
                Optional.empty(),
                "sha256:0",
                CpuSet.of(0),
                Phase.PRESENT,
                true,
                Optional.empty(),
                Instant.EPOCH);
        return new InstancePlan(
                instance, slice, new Root.Tree(Path.of("/image"), Path.of("/derived")), List.of(), false);
    }

    @Test
    void moreThanIsFree() {
        InstancePlan plan = plan(",\"memory\":\"2G\"");
        assertThatThrownBy(() -> Memory.check(plan, 2 * GIBIBYTE, true, GIBIBYTE))
                .hasMessage("instance \"x\" needs 2208M with what QEMU takes, and 1024M of the node's memory are free");
        assertThatCode(() -> Memory.check(plan, 2 * GIBIBYTE, true, 3 * GIBIBYTE))
                .doesNotThrowAnyException();
    }

    @Test
    void hugePagesAreNotOfWhatIsFree() {
        InstancePlan plan = plan(",\"memory\":\"2G\",\"hugePages\":\"2M\"");
        assertThatCode(() -> Memory.check(plan, 2 * GIBIBYTE, true, GIBIBYTE)).doesNotThrowAnyException();
    }

    @Test
    void hugePagesThatTheNodeHasNot() {
        assertThatThrownBy(() -> Memory.pages(plan(",\"hugePages\":\"512G\""), GIBIBYTE))
                .hasMessageContaining("hugePages \"512G\" is not possible")
                .hasMessageContaining("no pages of that size");
        assertThatThrownBy(() -> Memory.pages(plan(",\"hugePages\":\"2M\""), 1L << 50))
                .hasMessageContaining("needs 536870912 huge pages of 2M");
        assertThatThrownBy(() -> Memory.pages(plan(",\"hugePages\":\"2M\""), 129L << 20))
                .hasMessageContaining("memory 129M does not fill huge pages of 2M");
    }
}
