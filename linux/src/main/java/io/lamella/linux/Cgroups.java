package io.lamella.linux;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;

/**
 * The machine's control groups, the same for both versions of them (kernel Documentation/admin-guide/cgroup-v2.rst and
 * cgroup-v1/). A group is named by its path below the hierarchies' roots, such as {@code lamella/a}, and lives in all
 * of them. What a missing controller would have limited stays unlimited and reads as empty or 0: ask
 * {@link #controllers()}. CPU lists are the kernel's, such as {@code 0-3,8}.
 *
 * <p>Any thread. Methods throw {@link LinuxException} where the kernel refuses or the group does not exist.
 */
public abstract sealed class Cgroups permits CgroupsV1, CgroupsV2 {
    private static final long PATIENCE_NANOS = 3_000_000_000L;
    private static final long PAUSE_NANOS = 500_000L;

    /** Limits at or above this are the kernel's ways of saying that there is none. */
    private static final long UNLIMITED = 1L << 62;

    private final CgroupLayout layout;
    private final List<Path> hierarchies;

    Cgroups(CgroupLayout layout) {
        this.layout = layout;
        this.hierarchies = layout.hierarchies();
    }

    /** What is mounted here. */
    public static Cgroups detect() {
        try {
            return of(CgroupLayout.parse(Files.readString(Path.of("/proc/self/mountinfo"))));
        } catch (IOException e) {
            throw new LinuxException("read /proc/self/mountinfo", e);
        }
    }

    /** Throws where nothing is mounted. */
    public static Cgroups of(CgroupLayout layout) {
        if (layout.mode() != CgroupLayout.Mode.V2) {
            return new CgroupsV1(layout);
        }
        return new CgroupsV2(
                layout,
                layout.unified().orElseThrow(() -> new LinuxException("no control group file system is mounted")));
    }

    /** What a group uses, its descendants included: bytes, nanoseconds of CPU time, processes and threads. */
    public record Usage(long memory, long cpuNanos, int processes) {}

    /**
     * What a group may use.
     *
     * @param cpus which CPUs
     * @param cpuWeight 1 to 10000
     * @param memory in bytes, swap included
     * @param processes processes and threads
     */
    public record Limits(String cpus, int cpuWeight, OptionalLong memory, OptionalLong processes) {}

    public CgroupLayout.Mode mode() {
        return layout.mode();
    }

    /** Where version 2 is mounted, with or without controllers. */
    public Optional<Path> unified() {
        return layout.unified();
    }

    CgroupLayout layout() {
        return layout;
    }

    /** The controllers that work here. */
    public abstract Set<String> controllers();

    /** Makes the group and those above it that are missing, ready to be limited and to hold processes. */
    public abstract void create(String group);

    /** Makes the group for groups below it that are to be limited each; such a group holds no processes itself. */
    public abstract void createParent(String group);

    /** The CPUs that were asked for; empty where none were and the group above decides. */
    public abstract String cpus(String group);

    /** The CPUs that its processes may really use. */
    public abstract String effectiveCpus(String group);

    /**
     * Sets its CPUs, also under running processes. Descendants keep those of theirs that are among them; one that would
     * keep none gets them all.
     */
    public abstract void setCpus(String group, String cpus);

    /** 1 to 10000; 100 is what a group has from the start. */
    public abstract void setCpuWeight(String group, int weight);

    public abstract int cpuWeight(String group);

    /** Limits memory to {@code bytes}, swap included; empty lifts the limit. */
    public abstract void setMemoryLimit(String group, OptionalLong bytes);

    /** The lowest limit of the group and those above it; empty where there is none. */
    public abstract OptionalLong memoryLimit(String group);

    /** The most processes and threads; empty lifts the limit. */
    public abstract void setPidsLimit(String group, OptionalLong processes);

    public abstract OptionalLong pidsLimit(String group);

    public abstract Usage usage(String group);

    public void limit(String group, Limits limits) {
        setCpus(group, limits.cpus());
        setCpuWeight(group, limits.cpuWeight());
        setMemoryLimit(group, limits.memory());
        setPidsLimit(group, limits.processes());
    }

    /**
     * What somebody else has to write into a new group for {@link #limit}'s effect: control files and values, in this
     * order.
     *
     * @param parent the group above it, which exists
     */
    public abstract Map<String, String> controlFiles(String parent, Limits limits);

    static String orElse(OptionalLong value, String none) {
        return value.isPresent() ? Long.toString(value.getAsLong()) : none;
    }

    /** Asks the kernel to end all processes, in whatever way the version has; they may still be about to die. */
    abstract void signalAll(String group);

    public boolean exists(String group) {
        return hierarchies.stream().anyMatch(h -> Files.isDirectory(at(h, group)));
    }

    /** The names of the groups directly below, in any hierarchy. */
    public Set<String> children(String group) {
        Set<String> names = new TreeSet<>();
        for (Path h : hierarchies) {
            Path directory = at(h, group);
            for (Path child : directories(directory)) {
                names.add(directory.relativize(child).toString());
            }
        }
        return names;
    }

    /** The processes in the group and its descendants. */
    public Set<Long> processes(String group) {
        Set<Long> pids = new TreeSet<>();
        for (Path h : hierarchies) {
            collect(at(h, group), pids);
        }
        return pids;
    }

    /** The files into which a process writes its own number to join the group, one for each hierarchy. */
    public List<Path> joinFiles(String group) {
        return hierarchies.stream()
                .map(h -> at(h, group).resolve("cgroup.procs"))
                .filter(Files::exists)
                .toList();
    }

    /** Ends all processes in the group and its descendants and returns when none is left. */
    public void kill(String group) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (exists(group) && !processes(group).isEmpty()) {
            signalAll(group);
            pause(deadline, "processes of the control group " + group + " do not end");
        }
    }

    /** Removes the group and its descendants from all hierarchies. They must hold no process that is not dying. */
    public void delete(String group) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        for (Path h : hierarchies) {
            remove(at(h, group), deadline);
        }
    }

    private static void remove(Path directory, long deadline) {
        for (Path child : directories(directory)) {
            remove(child, deadline);
        }
        while (true) {
            try {
                Files.deleteIfExists(directory);
                return;
            } catch (IOException e) { // busy while its last process is being buried
                pause(deadline, "cannot remove the control group: " + e.getMessage());
            }
        }
    }

    private static void collect(Path directory, Set<Long> pids) {
        readOptional(directory.resolve("cgroup.procs")).lines().forEach(line -> pids.add(Long.parseLong(line)));
        directories(directory).forEach(child -> collect(child, pids));
    }

    private static void pause(long deadline, String otherwise) {
        if (System.nanoTime() > deadline) {
            throw new LinuxException(otherwise);
        }
        LockSupport.parkNanos(PAUSE_NANOS);
    }

    /** The group's directory; refuses what would lead out of the hierarchy or name its root. */
    static Path at(Path hierarchy, String group) {
        Path path = hierarchy.resolve(group).normalize();
        if (!path.startsWith(hierarchy) || path.equals(hierarchy)) {
            throw new LinuxException("\"" + group + "\" names no control group");
        }
        return path;
    }

    /** The directories from the first group below the root down to {@code group}. */
    static List<Path> descent(Path hierarchy, String group) {
        List<Path> directories = new ArrayList<>();
        Path directory = hierarchy;
        for (Path step : hierarchy.relativize(at(hierarchy, group))) {
            directory = directory.resolve(step);
            directories.add(directory);
        }
        return directories;
    }

    static List<Path> directories(Path parent) {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(parent, Files::isDirectory)) {
            entries.forEach(found::add);
        } catch (NoSuchFileException | NotDirectoryException e) {
            return found; // gone meanwhile, or never in this hierarchy
        } catch (DirectoryIteratorException e) {
            throw new LinuxException("list " + parent + ": " + e.getMessage());
        } catch (IOException e) {
            throw new LinuxException("list " + parent, e);
        }
        return found;
    }

    static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new LinuxException("read " + file, e);
        }
    }

    static String readOptional(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) { // no such file, or no such device when the group goes while it is read
            return "";
        }
    }

    /** One write(2) into an existing file, as control files want it. */
    static void write(Path file, String value) {
        try {
            Files.writeString(file, value + "\n", StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new LinuxException("write " + value + " to " + file, e);
        }
    }

    static OptionalLong limit(String text) {
        if (text.isEmpty() || text.equals("max")) {
            return OptionalLong.empty();
        }
        long value = number(text);
        return value >= UNLIMITED ? OptionalLong.empty() : OptionalLong.of(value);
    }

    /** A decimal number; 0 for an absent file's empty text, the largest long for anything larger. */
    static long number(String text) {
        if (text.isEmpty()) {
            return 0;
        }
        if (text.length() > 20 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new LinuxException("\"" + text + "\" is no number");
        }
        return text.length() > 18 ? clamp(text) : Long.parseLong(text);
    }

    private static long clamp(String digits) {
        long value = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(i) - '0';
            if (value > (Long.MAX_VALUE - digit) / 10) {
                return Long.MAX_VALUE;
            }
            value = value * 10 + digit;
        }
        return value;
    }

    /** The smallest of the group's value and those above it. */
    static OptionalLong lowest(Path hierarchy, String group, String file) {
        OptionalLong lowest = OptionalLong.empty();
        for (Path directory : descent(hierarchy, group)) {
            OptionalLong own = limit(readOptional(directory.resolve(file)));
            if (own.isPresent() && (lowest.isEmpty() || own.getAsLong() < lowest.getAsLong())) {
                lowest = own;
            }
        }
        return lowest;
    }

    List<Path> paths() {
        return hierarchies;
    }
}
