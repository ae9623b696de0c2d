package io.lamella.compute;

import io.lamella.model.BootParameters;
import io.lamella.model.CpuTopology;
import io.lamella.model.GateRun;
import io.lamella.model.IsolationOrder;
import io.lamella.model.IsolationReport;
import java.util.Optional;

/**
 * Keeps CPUs free of everything that is not meant to run on them. One isolation is in force at a time. Idempotent; any
 * thread.
 */
public interface Isolator {
    CpuTopology topology();

    /** What {@link #apply} would change; changes nothing. */
    IsolationReport plan(IsolationOrder order);

    /**
     * Brings the isolation into force, or back into force where it drifted. Refuses where another one is in force, and
     * leaves nothing behind where it cannot be had.
     */
    IsolationReport apply(IsolationOrder order);

    /** What is in force, compared with the kernel; empty where nothing is. */
    Optional<IsolationReport> verify();

    Optional<IsolationOrder> inForce();

    /** Gives everything the values that it had before; what could not be given back is named in the report. */
    Optional<IsolationReport> undo();

    BootParameters bootParameters(IsolationOrder order);

    /** Measures how late a real-time task wakes up on the CPUs, which are isolated, for so many seconds. */
    GateRun measure(IsolationOrder order, int seconds);

    /** After a start of the daemon: takes back what was half done, and does again what a reboot took away. */
    void recover();
}
