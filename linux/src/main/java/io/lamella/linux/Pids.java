package io.lamella.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Processes of the whole node by their numbers. A number alone may be reused; a number and a start time together name
 * one process until the next boot.
 */
public final class Pids {
    private Pids() {}

    /** Whether the process runs; one that has ended and waits for its parent does not. */
    public static boolean alive(int pid) {
        return stat(pid).filter(ProcessStat::running).isPresent();
    }

    /** Whether the process may be doing something: it runs and is not halted. */
    static boolean active(int pid) {
        return stat(pid)
                .filter(ProcessStat::running)
                .filter(stat -> !stat.halted())
                .isPresent();
    }

    /** When the process started, in clock ticks since boot; empty where it does not run. */
    static OptionalLong runningSince(int pid) {
        return stat(pid).filter(ProcessStat::running).stream()
                .mapToLong(ProcessStat::startTime)
                .findFirst();
    }

    /**
     * When the process started, in clock ticks since boot.
     *
     * @throws LinuxException ESRCH where there is no such process
     */
    public static long startTime(int pid) {
        return stat(pid)
                .orElseThrow(() -> new LinuxException("start time of process " + pid, Errno.ESRCH))
                .startTime();
    }

    /**
     * Sends a signal to the process that has this number and this start time, and never to another one.
     *
     * @return whether the process was there to take it
     * @throws LinuxException EPERM where the caller may not
     */
    public static boolean signal(int pid, long startTime, int signal) {
        String what = "signal " + signal + " to process " + pid;
        int fd = Libc.PIDFD_OPEN.invoke(pid, 0);
        if (gone(fd)) {
            return false;
        }
        Libc.checked(what, fd);
        try {
            // the descriptor is bound already: whoever has this start time now is who gets the signal
            if (stat(pid).filter(stat -> stat.startTime() == startTime).isEmpty()) {
                return false;
            }
            int result = Libc.PIDFD_SEND_SIGNAL.invoke(fd, signal, 0, 0);
            return result != -Errno.ESRCH && Libc.checked(what, result) == 0;
        } finally {
            Libc.close(fd);
        }
    }

    /** The processes whose parent this is. */
    public static List<Integer> children(int pid) {
        return ProcessHandle.of(pid).stream()
                .flatMap(ProcessHandle::children)
                .map(child -> (int) child.pid())
                .toList();
    }

    /** The program and its arguments, a space between each; empty for a kernel thread and for a process that is gone. */
    public static String commandLine(int pid) {
        try {
            return Files.readString(file(pid, "cmdline"), StandardCharsets.ISO_8859_1)
                    .replace('\0', ' ')
                    .stripTrailing();
        } catch (IOException e) {
            return "";
        }
    }

    /** Whether the result of pidfd_open says that no process has this number (EINVAL: a mere thread has it). */
    static boolean gone(int result) {
        return result == -Errno.ESRCH || result == -Errno.EINVAL || result == -Errno.ENOENT;
    }

    private static Optional<ProcessStat> stat(int pid) {
        try {
            return ProcessStat.parse(Files.readString(file(pid, "stat"), StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Path file(int pid, String name) {
        return Path.of("/proc", Integer.toString(pid), name);
    }
}
