package io.lamella.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The node's tasks: every thread of every process, the kernel's own too, and where they may run. Any thread. */
public final class Tasks {
    /** PF_NO_SETAFFINITY and PF_KTHREAD of the kernel's include/linux/sched.h. */
    private static final long BOUND = 0x0400_0000L;

    private static final long KERNEL = 0x0020_0000L;
    private static final int FLAGS = 9;
    private static final int START_TIME = 22;
    private static final int MASK_BYTES = 1024;

    private Tasks() {}

    /**
     * A task.
     *
     * @param process the process that it is a thread of
     * @param startTime in clock ticks since boot; with the id it names one task until the next boot
     * @param kernel whether it is the kernel's own
     * @param bound whether the kernel lets nobody move it
     * @param cpus the cpulist of where it may run
     */
    public record Task(int id, int process, String name, long startTime, boolean kernel, boolean bound, String cpus) {}

    /** All tasks; those that end while it looks may be missing. */
    public static List<Task> all() {
        List<Task> tasks = new ArrayList<>();
        for (Path process : numbered(Path.of("/proc"))) {
            for (Path task : numbered(process.resolve("task"))) {
                read(Integer.parseInt(process.getFileName().toString()), task).ifPresent(tasks::add);
            }
        }
        return tasks;
    }

    public static Optional<Task> find(int id) {
        return read(id, Path.of("/proc", Integer.toString(id)));
    }

    /** Now, in the unit of {@link Task#startTime()}. */
    public static long now() {
        try {
            String seconds = Files.readString(Path.of("/proc/uptime")).split(" ", -1)[0];
            return (long) (Double.parseDouble(seconds) * 100); // USER_HZ, the same on all architectures but alpha
        } catch (IOException e) {
            throw new LinuxException("read /proc/uptime", e);
        }
    }

    private static Optional<Task> read(int process, Path directory) {
        try {
            String stat = Files.readString(directory.resolve("stat"), StandardCharsets.ISO_8859_1);
            String status = Files.readString(directory.resolve("status"), StandardCharsets.ISO_8859_1);
            return parse(process, stat, status);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** What proc_pid_stat(5) and proc_pid_status(5) say; empty for what is neither. */
    static Optional<Task> parse(int process, String stat, String status) {
        int nameBegin = stat.indexOf('(');
        int nameEnd = stat.lastIndexOf(')');
        String[] fields = stat.substring(Math.min(stat.length(), nameEnd + 2)).split(" ", -1);
        Optional<String> cpus = status.lines()
                .filter(line -> line.startsWith("Cpus_allowed_list:"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst();
        if (nameBegin < 1 || nameEnd < nameBegin || fields.length <= START_TIME - 3 || cpus.isEmpty()) {
            return Optional.empty();
        }
        try {
            long flags = Long.parseLong(fields[FLAGS - 3]);
            return Optional.of(new Task(
                    Integer.parseInt(stat.substring(0, nameBegin).strip()),
                    process,
                    stat.substring(nameBegin + 1, nameEnd),
                    Long.parseLong(fields[START_TIME - 3]),
                    (flags & KERNEL) != 0,
                    (flags & BOUND) != 0,
                    cpus.get()));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static List<Path> numbered(Path directory) {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(
                directory, e -> e.getFileName().toString().matches("[0-9]{1,9}"))) {
            entries.forEach(found::add);
        } catch (IOException | java.nio.file.DirectoryIteratorException e) {
            return found; // it has ended
        }
        return found;
    }

    /**
     * Lets a task run on these CPUs only (sched_setaffinity(2)).
     *
     * @param cpus numbers up to 8191, not empty
     * @throws LinuxException EINVAL where the kernel lets nobody move it or its control group has none of the CPUs,
     *     ESRCH where it has ended, EPERM
     */
    public static void move(int id, int[] cpus) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocate(MASK_BYTES);
            for (int cpu : cpus) {
                byte old = mask.get(ValueLayout.JAVA_BYTE, cpu / 8);
                // bytes are in the order of the CPUs on little-endian machines, the only ones that Lamella runs on
                mask.set(ValueLayout.JAVA_BYTE, cpu / 8, (byte) (old | 1 << cpu % 8));
            }
            Libc.SCHED_SETAFFINITY.demand("moving task " + id, id, MASK_BYTES, mask.address());
        }
    }
}
