package io.lamella.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import io.lamella.model.CpuSet;
import io.lamella.model.CpuTopology;
import io.lamella.model.CpuTopology.Cpu;
import io.lamella.model.IsolationOrder;
import io.lamella.model.IsolationProfile;
import io.lamella.model.IsolationReport.State;
import io.lamella.model.IsolationReport.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What actions read of /proc and /sys, as recorded on a machine of four CPUs. */
class ChecklistTest {
    @TempDir
    Path tree;

    private Scene scene;

    @BeforeEach
    void record() throws IOException {
        put("proc/cmdline", "quiet isolcpus=managed_irq,domain,2-3 rcu_nocbs=1");
        put("proc/irq/default_smp_affinity", "f");
        put("proc/irq/0/smp_affinity", "0000000f");
        put("proc/irq/24/smp_affinity", "1");
        put("proc/irq/25/smp_affinity", "c");
        put("proc/sys/vm/stat_interval", "1");
        put("proc/sys/kernel/watchdog_cpumask", "0-3");
        put("sys/devices/virtual/workqueue/cpumask", "f");
        put("sys/devices/virtual/workqueue/writeback/cpumask", "f");
        put("sys/devices/virtual/workqueue/power", "");
        put("sys/devices/system/cpu/nohz_full", "(null)");
        put("sys/class/net/eth0/queues/rx-0/rps_cpus", "0");
        put("sys/class/net/eth0/queues/tx-0/xps_cpus", "8");
        put("sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never");
        scene = new Scene(
                tree.resolve("proc"),
                tree.resolve("sys"),
                Optional.empty(),
                "lamella.isolated",
                Set::of,
                new CpuTopology(IntStream.range(0, 4)
                        .mapToObj(i -> new Cpu(i, true, 0, i / 2, 0, false))
                        .toList()),
                new IsolationOrder(IsolationProfile.REALTIME, CpuSet.of(2, 3), Optional.empty()));
    }

    private void put(String file, String text) throws IOException {
        Path path = tree.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text + "\n");
    }

    private static Action action(String name) {
        return Checklist.ACTIONS.stream()
                .filter(a -> a.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private Step step(String name) {
        return Steps.of(action(name), action(name).look().apply(scene), State.PLANNED, Map.of());
    }

    @Test
    void interruptsThatMoveLaterAreNamed() throws IOException {
        put("proc/irq/default_smp_affinity", "3");
        put("proc/irq/0/smp_affinity", "3");
        put("proc/irq/25/smp_affinity", "3");
        assertThat(step("interrupts").found()).isEqualTo("all 4");
        put("proc/irq/24/effective_affinity", "4");
        put("proc/irq/25/effective_affinity", "8");
        assertThat(step("interrupts").state()).isEqualTo(State.VERIFIED);
        assertThat(step("interrupts").found())
                .isEqualTo("all 4; before they move, these may come there once more: 24, 25");
    }

    @Test
    void aCpuThatWentOfflineIsNamed() throws IOException {
        put("sys/devices/system/cpu/cpu2/online", "0");
        put("sys/devices/system/cpu/cpu3/online", "1");
        assertThat(step("online").state()).isEqualTo(State.PLANNED);
        assertThat(step("online").found()).endsWith("cpu2/online has \"0\"");
        put("sys/devices/system/cpu/cpu2/online", "1");
        assertThat(step("online").state()).isEqualTo(State.VERIFIED);
    }

    @Test
    void withVersionTwoStartedCpusGetTheirGroupToo() throws IOException {
        put("sys/devices/system/cpu/isolated", "2-3");
        assertThat(step("partition").state()).isEqualTo(State.VERIFIED);
        put("cgroup/cgroup.subtree_control", "cpuset");
        scene = new Scene(
                scene.proc(),
                scene.sys(),
                Optional.of(tree.resolve("cgroup")),
                scene.group(),
                scene.own(),
                scene.topology(),
                scene.order());
        assertThat(step("partition").state()).isEqualTo(State.PLANNED);
        assertThat(step("partition").found()).contains("lamella.isolated");
    }

    @Test
    void namesAreUnique() {
        assertThat(Checklist.ACTIONS).extracting(Action::name).doesNotHaveDuplicates();
    }

    @Test
    void interruptsGoElsewhereAndMasksAreComparedAsSets() {
        Finding.Wants wants = (Finding.Wants) action("interrupts").look().apply(scene);
        assertThat(wants.wants())
                .extracting(Want::value)
                .containsExactly("00000003", "00000003", "00000001", "00000003");
        assertThat(wants.wants()).extracting(Want::open).containsExactly(true, true, false, true);
    }

    @Test
    void whatTheKernelWasStartedWithIsSeen() {
        assertThat(step("managed-irqs").state()).isEqualTo(State.VERIFIED);
        assertThat(step("rcu-callbacks").parameter()).isEqualTo("rcu_nocbs=2-3");
        assertThat(step("ticks").parameter()).isEqualTo("nohz_full=2-3");
        assertThat(step("partition").state()).isEqualTo(State.NEEDS_REBOOT);
        assertThat(CommandLine.of(scene).parameters())
                .extracting(p -> p.present())
                .containsExactly(true, false, false, false, false);
    }

    @Test
    void whatIsNotThereIsUnsupported() {
        assertThat(step("frequency").state()).isEqualTo(State.UNSUPPORTED);
        assertThat(step("numa-balancing").found()).contains("kernel/numa_balancing");
    }

    @Test
    void whatIsAppliedIsVerifiedAndWrittenBackAsItWas() throws IOException {
        Journal journal = new Journal(tree.resolve("journal"));
        journal.begin("boot", scene.order());
        for (String name : List.of("interrupts", "workqueues", "rps-xps", "watchdog", "vmstat")) {
            assertThat(step(name).state()).as(name).isEqualTo(State.PLANNED);
            assertThat(new Applying(action(name), scene, journal).run()).isTrue();
            assertThat(step(name).state()).as(name).isEqualTo(State.VERIFIED);
        }
        assertThat(Files.readString(tree.resolve("sys/class/net/eth0/queues/tx-0/xps_cpus")))
                .isEqualTo("00000003\n");
        put("proc/sys/vm/stat_interval", "7");
        assertThat(step("vmstat").found()).contains("\"7\"");
        for (Journal.Before before : journal.read().orElseThrow().before().reversed()) {
            Knob.of(before.key()).write(before.value());
        }
        assertThat(Files.readString(tree.resolve("proc/irq/0/smp_affinity"))).isEqualTo("0000000f\n");
        assertThat(Files.readString(tree.resolve("proc/sys/vm/stat_interval"))).isEqualTo("1\n");
    }

    @Test
    void whatRefusesIsNamedAndNoDrift() {
        Action interrupts = action("interrupts");
        Step step = Steps.of(
                interrupts,
                interrupts.look().apply(scene),
                State.DRIFTED,
                Map.of(
                        "mask:" + tree.resolve("proc/irq/0/smp_affinity"), "Input/output error",
                        "mask:" + tree.resolve("proc/irq/25/smp_affinity"), "Input/output error",
                        "mask:" + tree.resolve("proc/irq/default_smp_affinity"), "Input/output error"));
        assertThat(step.state()).isEqualTo(State.UNSUPPORTED);
        assertThat(step.found()).contains("irq/25/smp_affinity refuses: Input/output error");
    }
}
