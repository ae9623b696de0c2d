package io.lamella.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The threads of any process, and the CPUs that each may run on (sched_setaffinity(2)). */
public final class Threads {
    private static final int MOST_CPUS = 8192;

    private Threads() {}

    /** The thread numbers of a process; none where it is gone. */
    public static Set<Integer> of(int pid) {
        Set<Integer> threads = new TreeSet<>();
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc", Integer.toString(pid), "task"))) {
            tasks.forEach(task -> threads.add(Integer.parseInt(String.valueOf(task.getFileName()))));
        } catch (IOException e) {
            return threads;
        }
        return threads;
    }

    /**
     * Lets a thread run on these CPUs alone; a thread that is gone is fine.
     *
     * @throws LinuxException EINVAL where its control group allows none of them
     */
    public static void pin(int thread, Collection<Integer> cpus) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocate(MOST_CPUS / 8, 8);
            for (int cpu : cpus) {
                long word = mask.getAtIndex(ValueLayout.JAVA_LONG, cpu / 64);
                mask.setAtIndex(ValueLayout.JAVA_LONG, cpu / 64, word | 1L << (cpu % 64));
            }
            int result = Libc.SCHED_SETAFFINITY.invoke(thread, mask.byteSize(), mask.address());
            if (result != -Errno.ESRCH) {
                Libc.checked("pinning thread " + thread + " to CPUs " + cpus, result);
            }
        }
    }

    /** The CPUs that a thread may run on, as a list of the kernel's such as {@code 0-3,8}. */
    public static Optional<String> allowedCpus(int pid, int thread) {
        Path status = Path.of("/proc", Integer.toString(pid), "task", Integer.toString(thread), "status");
        try {
            return Files.readString(status, StandardCharsets.ISO_8859_1)
                    .lines()
                    .filter(line -> line.startsWith("Cpus_allowed_list:"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
