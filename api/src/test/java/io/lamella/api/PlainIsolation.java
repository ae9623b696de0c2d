package io.lamella.api;

import io.lamella.compute.Isolator;
import io.lamella.model.BootParameters;
import io.lamella.model.CpuTopology;
import io.lamella.model.CpuTopology.Cpu;
import io.lamella.model.GateRun;
import io.lamella.model.IsolationOrder;
import io.lamella.model.IsolationReport;
import io.lamella.model.Latency;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Remembers what was ordered; the machine has four cores. */
final class PlainIsolation implements Isolator {
    private Optional<IsolationOrder> order = Optional.empty();

    @Override
    public CpuTopology topology() {
        return new CpuTopology(java.util.stream.IntStream.range(0, 4)
                .mapToObj(i -> new Cpu(i, true, 0, i, 0, false))
                .toList());
    }

    @Override
    public IsolationReport plan(IsolationOrder wanted) {
        return new IsolationReport(
                wanted.profile(), wanted.cpus(), topology().online().minus(wanted.cpus()), wanted.slice(), List.of());
    }

    @Override
    public IsolationReport apply(IsolationOrder wanted) {
        order = Optional.of(wanted);
        return plan(wanted);
    }

    @Override
    public Optional<IsolationReport> verify() {
        return order.map(this::plan);
    }

    @Override
    public Optional<IsolationOrder> inForce() {
        return order;
    }

    @Override
    public Optional<IsolationReport> undo() {
        Optional<IsolationReport> report = verify();
        order = Optional.empty();
        return report;
    }

    @Override
    public BootParameters bootParameters(IsolationOrder wanted) {
        return new BootParameters(wanted.cpus(), "nohz_full=" + wanted.cpus(), List.of());
    }

    /** As late as it is asked to measure. */
    @Override
    public GateRun measure(IsolationOrder wanted, int seconds) {
        return new GateRun(
                "machine",
                "processor",
                "kernel",
                wanted.profile(),
                wanted.cpus(),
                Instant.EPOCH,
                new Latency("by hand", 1000, 1, seconds, seconds, seconds, seconds));
    }

    @Override
    public void recover() {}
}
