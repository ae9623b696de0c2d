package io.lamella.isolation;

import io.lamella.linux.Cgroups;
import io.lamella.linux.Command;
import io.lamella.linux.Hardware;
import io.lamella.linux.LinuxException;
import io.lamella.model.GateRun;
import io.lamella.model.IsolationOrder;
import io.lamella.model.LatencyHistogram;
import io.lamella.model.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Measures how late a real-time task wakes up on isolated CPUs: with cyclictest(8) of rt-tests, or where that is not
 * installed, with {@link WakeUps}.
 */
final class Gate {
    private static final String CYCLICTEST = "cyclictest";
    private static final Duration START = Duration.ofSeconds(120);

    /** No instance has this name: those begin with a letter. */
    private static final String CHILD = "_gate";

    private final Cgroups cgroups;
    private final String group;
    private final IsolationOrder order;

    /** @param group whose tasks the CPUs are for */
    Gate(Cgroups cgroups, String group, IsolationOrder order) {
        this.cgroups = cgroups;
        this.group = group;
        this.order = order;
    }

    GateRun measure(int seconds) {
        Optional<Path> cyclictest = Command.find(CYCLICTEST);
        LatencyHistogram histogram = LatencyHistogram.parse(
                cyclictest.isPresent()
                        ? cyclictest(cyclictest.get(), seconds)
                        : run(WakeUps.command(order.cpus(), seconds), seconds));
        return new GateRun(
                Hardware.machine(),
                Hardware.processor(),
                Hardware.kernelRelease(),
                order.profile(),
                order.cpus(),
                Instant.now(),
                histogram.latency(cyclictest.isPresent() ? CYCLICTEST : WakeUps.NAME));
    }

    /** One thread on each CPU, with the machine's power management as it is. */
    private String cyclictest(Path program, int seconds) {
        try {
            Path histogram = Files.createTempFile("gate", "");
            try {
                run(cyclictest(program, histogram, seconds), seconds);
                return Files.readString(histogram);
            } finally {
                Files.delete(histogram);
            }
        } catch (IOException e) {
            throw Refusal.unavailable("the measurement failed: " + e.getMessage());
        }
    }

    private List<String> cyclictest(Path program, Path histogram, int seconds) {
        return List.of(
                program.toString(),
                "--quiet",
                "--mlockall",
                "--default-system",
                "--priority=" + WakeUps.PRIORITY,
                "--interval=" + WakeUps.INTERVAL_MICROS,
                "--distance=0",
                "--affinity=" + order.cpus(),
                "--threads=" + order.cpus().size(),
                "--histogram=" + WakeUps.BUCKETS,
                "--histfile=" + histogram,
                "--duration=" + seconds);
    }

    private String run(List<String> program, int seconds) {
        String home = group;
        boolean shared = order.slice().isPresent() && cgroups.exists(group);
        if (shared) {
            home = group + "/" + CHILD; // a slice's group holds groups
            cgroups.create(home);
        }
        try {
            Command.Result result = Command.run(START.plusSeconds(seconds), joined(joinFiles(home), program));
            if (!result.ok()) {
                throw Refusal.unavailable("the measurement failed: " + result.lastLine());
            }
            return result.output();
        } catch (LinuxException e) {
            throw Refusal.unavailable("the measurement failed: " + e.getMessage());
        } finally {
            if (shared) {
                cgroups.kill(home);
                cgroups.delete(home);
            }
        }
    }

    /** Where its CPUs are decided: with version 1, another hierarchy may deny real-time priorities. */
    private List<Path> joinFiles(String home) {
        return cgroups.joinFiles(home).stream()
                .filter(file -> Files.exists(file.resolveSibling("cpuset.cpus"))
                        || Files.exists(file.resolveSibling("cpuset.cpus.effective")))
                .toList();
    }

    /** Enters the control groups, then becomes the program. */
    private static List<String> joined(List<Path> files, List<String> program) {
        StringBuilder script = new StringBuilder("set -e; n=$1; shift; ");
        script.append("while [ \"$n\" -gt 0 ]; do echo $$ > \"$1\"; shift; n=$((n - 1)); done; exec \"$@\"");
        List<String> command = new ArrayList<>(List.of("sh", "-c", script.toString(), "gate", "" + files.size()));
        files.forEach(file -> command.add(file.toString()));
        command.addAll(program);
        return command;
    }
}
