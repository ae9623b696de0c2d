package io.lamella.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/** One hierarchy for all controllers. */
final class CgroupsV2 extends Cgroups {
    private static final List<String> WANTED = List.of("cpuset", "cpu", "memory", "pids");

    private final Path root;

    CgroupsV2(CgroupLayout layout, Path root) {
        super(layout);
        this.root = root;
    }

    @Override
    public Set<String> controllers() {
        return words(readOptional(root.resolve("cgroup.controllers")));
    }

    private static Set<String> words(String text) {
        Set<String> words = new TreeSet<>(List.of(text.split("\\s+")));
        words.remove("");
        return words;
    }

    @Override
    public void create(String group) {
        Path directory = at(root, group);
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new LinuxException("make the control group " + directory, e);
        }
        Path above = root;
        for (Path below : descent(root, group)) {
            delegate(above);
            above = below;
        }
    }

    @Override
    public void createParent(String group) {
        create(group);
        delegate(at(root, group));
    }

    /** Gives a group's children its controllers; written one by one, as one that fails would spoil them all. */
    private static void delegate(Path directory) {
        Set<String> offered = words(readOptional(directory.resolve("cgroup.controllers")));
        Set<String> given = words(readOptional(directory.resolve("cgroup.subtree_control")));
        for (String controller : WANTED) {
            if (offered.contains(controller) && !given.contains(controller)) {
                write(directory.resolve("cgroup.subtree_control"), "+" + controller);
            }
        }
    }

    private Path file(String group, String name) {
        return at(root, group).resolve(name);
    }

    /** Reads a control file that only exists where its controller is enabled. */
    private String readOf(String group, String name) {
        Path file = file(group, name);
        return Files.exists(file) || !exists(group) ? read(file) : "";
    }

    private void writeOf(String group, String name, String value) {
        Path file = file(group, name);
        if (Files.exists(file) || !exists(group)) {
            write(file, value);
        }
    }

    @Override
    public String cpus(String group) {
        return readOf(group, "cpuset.cpus");
    }

    @Override
    public String effectiveCpus(String group) {
        return readOf(group, "cpuset.cpus.effective");
    }

    @Override
    public void setCpus(String group, String cpus) {
        writeOf(group, "cpuset.cpus", cpus);
    }

    @Override
    public void setCpuWeight(String group, int weight) {
        writeOf(group, "cpu.weight", Integer.toString(weight));
    }

    @Override
    public int cpuWeight(String group) {
        return (int) number(readOf(group, "cpu.weight"));
    }

    @Override
    public void setMemoryLimit(String group, OptionalLong bytes) {
        writeOf(group, "memory.max", orElse(bytes, "max"));
        writeOf(group, "memory.swap.max", bytes.isPresent() ? "0" : "max");
    }

    @Override
    public OptionalLong memoryLimit(String group) {
        return lowest(root, group, "memory.max");
    }

    @Override
    public void setPidsLimit(String group, OptionalLong processes) {
        writeOf(group, "pids.max", orElse(processes, "max"));
    }

    @Override
    public OptionalLong pidsLimit(String group) {
        return limit(readOf(group, "pids.max"));
    }

    @Override
    public Usage usage(String group) {
        return new Usage(number(readOf(group, "memory.current")), cpuNanos(readOf(group, "cpu.stat")), (int)
                number(readOf(group, "pids.current")));
    }

    @Override
    public Map<String, String> controlFiles(String parent, Limits limits) {
        Map<String, String> files = new LinkedHashMap<>();
        files.put("cpuset.cpus", limits.cpus());
        files.put("cpu.weight", Integer.toString(limits.cpuWeight()));
        limits.memory().ifPresent(bytes -> {
            files.put("memory.max", Long.toString(bytes));
            files.put("memory.swap.max", "0");
        });
        files.put("pids.max", orElse(limits.processes(), "max"));
        files.keySet().removeIf(name -> !Files.exists(file(parent, name)));
        return files;
    }

    /** The field {@code usage_usec} of cpu.stat; it exists without the controller too. */
    static long cpuNanos(String stat) {
        for (String line : stat.split("\n", -1)) {
            String[] field = line.strip().split(" ", -1);
            if (field.length == 2 && field[0].equals("usage_usec")) {
                long micros = number(field[1]);
                return micros > Long.MAX_VALUE / 1000 ? Long.MAX_VALUE : micros * 1000;
            }
        }
        return 0;
    }

    @Override
    void signalAll(String group) {
        Path kill = file(group, "cgroup.kill"); // since Linux 5.14
        if (Files.exists(kill)) {
            write(kill, "1");
        } else {
            processes(group).forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
        }
    }
}
