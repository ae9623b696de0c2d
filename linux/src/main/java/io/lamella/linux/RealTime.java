package io.lamella.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Real-time scheduling of the calling thread (sched(7)). */
public final class RealTime {
    private static final int SCHED_FIFO = 1;
    private static final int MCL_CURRENT = 1;
    private static final int CLOCK_MONOTONIC = 1;
    private static final int TIMER_ABSTIME = 1;
    private static final int TIMESPEC_BYTES = 16;
    private static final long NANOS = 1_000_000_000L;

    private RealTime() {}

    /**
     * Runs the calling thread before everything of a lower priority, until it sleeps (sched_setscheduler(2)).
     *
     * @param priority 1 to 99
     * @throws LinuxException EPERM
     */
    public static void fifo(int priority) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment parameter = arena.allocateFrom(ValueLayout.JAVA_INT, priority);
            Libc.SCHED_SETSCHEDULER.demand("real-time priority " + priority, 0, SCHED_FIFO, parameter.address());
        }
    }

    /** Keeps in memory what the process has by now (mlockall(2)). */
    public static void lockMemory() {
        Libc.MLOCKALL.demand("locking memory", MCL_CURRENT);
    }

    /** Sleeps until {@link System#nanoTime()}, which is CLOCK_MONOTONIC, is {@code nanos} (clock_nanosleep(2)). */
    public static void sleepUntil(long nanos) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment time = arena.allocate(TIMESPEC_BYTES, 8);
            time.set(ValueLayout.JAVA_LONG, 0, nanos / NANOS);
            time.set(ValueLayout.JAVA_LONG, 8, nanos % NANOS);
            int error = Libc.CLOCK_NANOSLEEP.invoke(CLOCK_MONOTONIC, TIMER_ABSTIME, time.address(), 0);
            if (error != 0) {
                throw new LinuxException("sleeping", error);
            }
        }
    }
}
