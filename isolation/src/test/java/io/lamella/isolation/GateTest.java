package io.lamella.isolation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lamella.linux.Cgroups;
import io.lamella.linux.Command;
import io.lamella.model.CpuSet;
import io.lamella.model.GateRun;
import io.lamella.model.IsolationOrder;
import io.lamella.model.IsolationProfile;
import io.lamella.model.Latency;
import io.lamella.model.LatencyHistogram;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Measures on a CPU of this machine, which nobody isolates: figures count for nothing here. */
class GateTest {
    private static final CpuSet FIRST = CpuSet.of(0);

    @BeforeEach
    void needsRoot() {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root has real-time priorities");
    }

    @Test
    void withoutCyclictestItMeasuresItself() {
        Command.Result result = Command.run(Duration.ofSeconds(60), WakeUps.command(FIRST, 1));
        assertThat(result.exitCode()).as(result.error()).isZero();
        Latency found = LatencyHistogram.parse(result.output()).latency(WakeUps.NAME);
        assertThat(found.samples()).isEqualTo(1000);
        assertThat(found.max()).isGreaterThanOrEqualTo(found.p9999());
    }

    @Test
    void aSlicesGroupHoldsTheMeasurementWhileItLasts() {
        Cgroups cgroups = Cgroups.detect();
        assumeTrue(cgroups.controllers().contains("cpuset"), "the kernel has no cpusets");
        String root = "lamella-gate-" + ProcessHandle.current().pid();
        String slice = root + "/edge";
        try {
            cgroups.createParent(root);
            cgroups.setCpus(root, "0");
            cgroups.createParent(slice);
            cgroups.setCpus(slice, "0");
            IsolationOrder order = new IsolationOrder(IsolationProfile.ISOLATED, FIRST, Optional.of("edge"));
            GateRun run = new Gate(cgroups, slice, order).measure(1);
            assertThat(run.latency().samples()).isGreaterThan(100);
            assertThat(run.latency().method())
                    .isEqualTo(Command.find("cyclictest").isPresent() ? "cyclictest" : WakeUps.NAME);
            assertThat(run.cpus()).isEqualTo(FIRST);
            assertThat(run.processor()).matches("\\d+ x .+");
            assertThat(cgroups.children(slice)).isEmpty();
        } finally {
            cgroups.kill(root);
            cgroups.delete(root);
        }
    }
}
