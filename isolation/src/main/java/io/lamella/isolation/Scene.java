package io.lamella.isolation;

import io.lamella.model.CpuSet;
import io.lamella.model.CpuTopology;
import io.lamella.model.IsolationOrder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What actions look at.
 *
 * @param unified where cgroup v2 is mounted and has the cpuset controller; empty where it has not
 * @param group the control group whose tasks the CPUs are for, below the hierarchies' roots
 * @param own the processes in that group
 */
record Scene(
        Path proc,
        Path sys,
        Optional<Path> unified,
        String group,
        Supplier<Set<Long>> own,
        CpuTopology topology,
        IsolationOrder order) {
    CpuSet isolated() {
        return order.cpus();
    }

    CpuSet housekeeping() {
        return topology.online().minus(order.cpus());
    }

    /** What is left of {@code now} without the isolated CPUs; never empty. */
    CpuSet narrowed(CpuSet now) {
        CpuSet left = now.minus(isolated());
        return left.isEmpty() ? housekeeping() : left;
    }

    /** The entries of a directory in the order of their names; none where it does not exist. */
    static List<Path> entries(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.sorted().toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** A small file's text; empty where it cannot be read. */
    static String text(Path file) {
        return new Knob.Text(Knob.Form.WORD, file).read().orElse("");
    }
}
