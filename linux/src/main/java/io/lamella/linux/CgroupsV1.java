package io.lamella.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** One hierarchy a controller, or a few controllers together. */
final class CgroupsV1 extends Cgroups {
    private static final long MAX_SHARES = 1L << 18;

    CgroupsV1(CgroupLayout layout) {
        super(layout);
    }

    @Override
    public Set<String> controllers() {
        Set<String> names = new TreeSet<>(layout().legacy().keySet());
        names.removeIf(name -> name.startsWith("name="));
        return names;
    }

    @Override
    public void create(String group) {
        for (Path h : paths()) {
            Path directory = at(h, group);
            try {
                Files.createDirectories(directory);
            } catch (IOException e) {
                throw new LinuxException("make the control group " + directory, e);
            }
        }
        with("cpuset", h -> {
            Path parent = h;
            for (Path directory : descent(h, group)) {
                inherit(parent, directory);
                parent = directory;
            }
        });
    }

    @Override
    public void createParent(String group) {
        create(group);
    }

    /** A new cpuset is empty and accepts no process (kernel Documentation/admin-guide/cgroup-v1/cpusets.rst). */
    private static void inherit(Path parent, Path directory) {
        for (String name : List.of("cpuset.mems", "cpuset.cpus")) {
            Path file = directory.resolve(name);
            if (read(file).isEmpty()) {
                write(file, read(parent.resolve(name)));
            }
        }
        Path clone = directory.resolve("cgroup.clone_children"); // the same for what LXC makes below
        if (!read(clone).equals("1")) {
            write(clone, "1");
        }
    }

    @Override
    public String cpus(String group) {
        return readOf("cpuset", group, "cpuset.cpus");
    }

    @Override
    public String effectiveCpus(String group) {
        return readOf("cpuset", group, "cpuset.effective_cpus");
    }

    @Override
    public void setCpus(String group, String cpus) {
        with("cpuset", h -> move(at(h, group), cpuList(cpus)));
    }

    /** The kernel wants every cpuset within its parent's at every moment: out to both, children over, then back. */
    private static void move(Path directory, BitSet wanted) {
        Path file = directory.resolve("cpuset.cpus");
        BitSet before = cpuList(read(file));
        if (before.equals(wanted)) {
            return;
        }
        BitSet both = (BitSet) before.clone();
        both.or(wanted);
        if (!both.equals(before)) {
            write(file, text(both));
        }
        if (!both.equals(wanted)) {
            for (Path child : directories(directory)) {
                BitSet rest = cpuList(readOptional(child.resolve("cpuset.cpus")));
                if (!rest.isEmpty()) {
                    rest.and(wanted);
                    move(child, rest.isEmpty() ? wanted : rest);
                }
            }
            write(file, text(wanted));
        }
    }

    /** Reads the kernel's cpulist, such as {@code 0-3,8}. */
    static BitSet cpuList(String text) {
        BitSet cpus = new BitSet();
        for (String part : text.isEmpty() ? new String[0] : text.split(",", -1)) {
            int dash = part.indexOf('-');
            int first = cpu(dash < 0 ? part : part.substring(0, dash));
            int last = dash < 0 ? first : cpu(part.substring(dash + 1));
            if (first > last) {
                throw new LinuxException("\"" + text + "\" is no list of CPUs");
            }
            cpus.set(first, last + 1);
        }
        return cpus;
    }

    private static int cpu(String digits) {
        if (digits.isEmpty() || digits.length() > 4 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new LinuxException("\"" + digits + "\" is no CPU number");
        }
        return Integer.parseInt(digits);
    }

    /** Writes a cpulist without ranges, which the kernel folds. */
    static String text(BitSet cpus) {
        return cpus.stream().mapToObj(Integer::toString).collect(Collectors.joining(","));
    }

    /** The conversion of systemd (src/basic/cgroup-util.h): weight 100 is 1024 shares. */
    static long shares(int weight) {
        return Math.max(2, weight * 1024L / 100);
    }

    static int weight(long shares) {
        return (int) Math.clamp((Math.min(shares, MAX_SHARES) * 100 + 512) / 1024, 1, 10_000);
    }

    @Override
    public void setCpuWeight(String group, int weight) {
        with("cpu", h -> write(at(h, group).resolve("cpu.shares"), Long.toString(shares(weight))));
    }

    @Override
    public int cpuWeight(String group) {
        return weight(number(readOf("cpu", group, "cpu.shares")));
    }

    @Override
    public void setMemoryLimit(String group, OptionalLong bytes) {
        with("memory", h -> {
            Path limit = at(h, group).resolve("memory.limit_in_bytes");
            Path withSwap = at(h, group).resolve("memory.memsw.limit_in_bytes");
            String value = orElse(bytes, "-1");
            if (!Files.exists(withSwap)) { // kernel without swap accounting
                write(limit, value);
            } else if (bytes.orElse(Long.MAX_VALUE) > number(read(withSwap))) { // never below memory alone
                write(withSwap, value);
                write(limit, value);
            } else {
                write(limit, value);
                write(withSwap, value);
            }
        });
    }

    @Override
    public OptionalLong memoryLimit(String group) {
        return at("memory").map(h -> lowest(h, group, "memory.limit_in_bytes")).orElse(OptionalLong.empty());
    }

    @Override
    public void setPidsLimit(String group, OptionalLong processes) {
        with("pids", h -> write(at(h, group).resolve("pids.max"), orElse(processes, "max")));
    }

    @Override
    public OptionalLong pidsLimit(String group) {
        return limit(readOf("pids", group, "pids.max"));
    }

    @Override
    public Usage usage(String group) {
        return new Usage(
                number(readOf("memory", group, "memory.usage_in_bytes")),
                number(readOf("cpuacct", group, "cpuacct.usage")),
                (int) number(readOf("pids", group, "pids.current")));
    }

    @Override
    public Map<String, String> controlFiles(String parent, Limits limits) {
        Map<String, String> files = new LinkedHashMap<>();
        with("cpuset", h -> files.put("cpuset.cpus", limits.cpus()));
        with("cpu", h -> files.put("cpu.shares", Long.toString(shares(limits.cpuWeight()))));
        with(
                "memory",
                h -> limits.memory().ifPresent(bytes -> {
                    files.put("memory.limit_in_bytes", Long.toString(bytes));
                    if (Files.exists(at(h, parent).resolve("memory.memsw.limit_in_bytes"))) {
                        files.put("memory.memsw.limit_in_bytes", Long.toString(bytes));
                    }
                }));
        with("pids", h -> files.put("pids.max", orElse(limits.processes(), "max")));
        return files;
    }

    @Override
    void signalAll(String group) {
        processes(group).forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
        with("freezer", h -> thaw(at(h, group))); // what is frozen does not die
    }

    private static void thaw(Path directory) {
        directories(directory).forEach(CgroupsV1::thaw);
        if (readOptional(directory.resolve("freezer.self_freezing")).equals("1")) {
            write(directory.resolve("freezer.state"), "THAWED");
        }
    }

    private Optional<Path> at(String controller) {
        return Optional.ofNullable(layout().legacy().get(controller));
    }

    private void with(String controller, Consumer<Path> action) {
        at(controller).ifPresent(action);
    }

    private String readOf(String controller, String group, String file) {
        return at(controller).map(h -> read(at(h, group).resolve(file))).orElse("");
    }
}
