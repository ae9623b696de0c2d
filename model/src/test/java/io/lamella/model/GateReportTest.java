package io.lamella.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GateReportTest {
    private static GateRun run(String machine, String kernel, String method, long p99, long p999, long max) {
        return new GateRun(
                machine,
                "2 x some",
                kernel,
                IsolationProfile.REALTIME,
                CpuSet.of(1),
                Instant.EPOCH,
                new Latency(method, 10_000, 1, p99, p999, max, max));
    }

    @Test
    void anotherKernelIsCompared() {
        GateRun before = run("m", "6.1", "cyclictest", 10, 20, 60);
        GateReport equal = GateReport.compare(run("m", "6.12", "cyclictest", 20, 40, 120), before, 2);
        assertThat(equal.passed()).isTrue();
        GateReport worse = GateReport.compare(run("m", "6.12", "cyclictest", 21, 40, 40_000), before, 2);
        assertThat(worse.worse()).containsExactly("p99 is 21 µs and was 10 µs", "max is 40000 µs and was 60 µs");
    }

    @Test
    void aMicrosecondOrTwoIsNoDifference() {
        GateRun before = run("m", "6.1", "cyclictest", 1, 1, 2);
        assertThat(GateReport.compare(run("m", "6.1", "cyclictest", 4, 5, 10), before, 2)
                        .passed())
                .isTrue();
        assertThat(GateReport.compare(run("m", "6.1", "cyclictest", 4, 5, 11), before, 2)
                        .passed())
                .isFalse();
    }

    @Test
    void whatIsNotAlikeIsRefused() {
        GateRun before = run("m", "6.1", "cyclictest", 10, 20, 60);
        assertThatThrownBy(() -> GateReport.compare(run("n", "6.1", "cyclictest", 10, 20, 60), before, 2))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("recorded on another machine (m, and this is n)");
        assertThatThrownBy(() -> GateReport.compare(run("m", "6.1", "own", 10, 20, 60), before, 2))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("recorded by cyclictest");
    }

    @Test
    void aRequestIsChecked() {
        assertThatThrownBy(() -> new GateRequest(Optional.empty(), Optional.of(0), Optional.empty()))
                .isInstanceOf(Refusal.class)
                .hasMessage("seconds \"0\" is not allowed: it must be a number from 1 to 300");
        assertThatThrownBy(() -> new GateRequest(Optional.empty(), Optional.empty(), Optional.of(Double.NaN)))
                .isInstanceOf(Refusal.class);
        assertThatThrownBy(() -> new GateRequest(Optional.empty(), Optional.empty(), Optional.of(0.5)))
                .isInstanceOf(Refusal.class);
    }
}
