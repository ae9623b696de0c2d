package io.lamella.linux;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;

/** A process with its descendants, as far as the kernel still knows whose children they are. */
public final class ProcessTree {
    private static final int SIGKILL = 9;
    private static final int SIGSTOP = 19;
    private static final long PATIENCE_NANOS = 1_000_000_000L;
    private static final long PAUSE_NANOS = 100_000L;

    private ProcessTree() {}

    /**
     * Kills the process and all its descendants, those included that they are forking just now: each is halted before
     * its children are looked for, so that nobody's child is overlooked. Any thread; returns within milliseconds, with
     * the processes dying.
     *
     * @throws LinuxException EPERM where the caller may not; processes of the tree may be halted then
     */
    public static void kill(int pid) {
        Map<Integer, Long> halted = new LinkedHashMap<>();
        halt(pid, halted);
        halted.forEach((process, startTime) -> Pids.signal(process, startTime, SIGKILL));
    }

    private static void halt(int pid, Map<Integer, Long> halted) {
        OptionalLong startTime = Pids.runningSince(pid);
        if (startTime.isEmpty() || !Pids.signal(pid, startTime.getAsLong(), SIGSTOP)) {
            return;
        }
        halted.put(pid, startTime.getAsLong());
        awaitHalt(pid);
        Pids.children(pid).stream().filter(child -> !halted.containsKey(child)).forEach(child -> halt(child, halted));
    }

    /** One that waits for a device does not halt, and does not fork either: it is not waited for long. */
    private static void awaitHalt(int pid) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (Pids.active(pid) && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
