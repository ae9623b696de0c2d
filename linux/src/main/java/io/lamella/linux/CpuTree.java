package io.lamella.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The machine's CPUs as /sys tells of them (kernel Documentation/ABI/stable/sysfs-devices-system-cpu,
 * Documentation/admin-guide/cputopology.rst).
 */
public final class CpuTree {
    private static final int MAX_CPU = 8191;

    private CpuTree() {}

    /**
     * A logical CPU. What the kernel does not tell of an offline one is 0.
     *
     * @param efficient whether it is of the slower kind where the machine has two
     */
    public record Cpu(int number, boolean online, int socket, int core, int node, boolean efficient) {}

    /**
     * Reads all present CPUs in ascending order.
     *
     * @param sys where sysfs is mounted
     * @throws LinuxException where there is nothing of the kind
     */
    public static List<Cpu> read(Path sys) {
        Path system = sys.resolve("devices/system");
        Set<Integer> online = list(text(system.resolve("cpu/online")));
        Set<Integer> present = list(text(system.resolve("cpu/present")));
        present.addAll(online);
        if (online.isEmpty()) {
            throw new LinuxException("there is no list of online CPUs in " + system.resolve("cpu/online"));
        }
        Map<Integer, Integer> nodes = nodes(system.resolve("node"));
        Set<Integer> atoms = list(text(sys.resolve("devices/cpu_atom/cpus")));
        Map<Integer, Integer> capacities = new HashMap<>();
        for (int cpu : online) {
            capacities.put(cpu, number(system.resolve("cpu/cpu" + cpu + "/cpu_capacity"), 0));
        }
        int most =
                capacities.values().stream().mapToInt(Integer::intValue).max().orElse(0);
        List<Cpu> cpus = new ArrayList<>();
        for (int cpu : present) {
            Path topology = system.resolve("cpu/cpu" + cpu + "/topology");
            boolean runs = online.contains(cpu);
            cpus.add(new Cpu(
                    cpu,
                    runs,
                    runs ? number(topology.resolve("physical_package_id"), 0) : 0,
                    runs ? number(topology.resolve("core_id"), cpu) : 0,
                    nodes.getOrDefault(cpu, 0),
                    runs && (atoms.contains(cpu) || capacities.getOrDefault(cpu, 0) < most)));
        }
        return cpus;
    }

    private static Map<Integer, Integer> nodes(Path directory) {
        Map<Integer, Integer> nodes = new HashMap<>();
        try (Stream<Path> entries = Files.list(directory)) {
            for (Path entry : entries.toList()) {
                String name = entry.getFileName().toString();
                if (name.matches("node[0-9]{1,5}")) {
                    int node = Integer.parseInt(name.substring("node".length()));
                    list(text(entry.resolve("cpulist"))).forEach(cpu -> nodes.put(cpu, node));
                }
            }
        } catch (IOException e) {
            return nodes; // a kernel without NUMA has no such directory
        }
        return nodes;
    }

    /** A cpulist; what is none counts for nothing. */
    static Set<Integer> list(String text) {
        Set<Integer> cpus = new TreeSet<>();
        for (String part : text.strip().split(",", -1)) {
            String[] ends = part.split("-", -1);
            if (part.matches("[0-9]{1,4}(-[0-9]{1,4})?")) {
                int last = Math.min(MAX_CPU, Integer.parseInt(ends[ends.length - 1]));
                for (int cpu = Integer.parseInt(ends[0]); cpu <= last; cpu++) {
                    cpus.add(cpu);
                }
            }
        }
        return cpus;
    }

    /** Some virtual machines answer -1. */
    private static int number(Path file, int otherwise) {
        String text = text(file).strip();
        return text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : otherwise;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }
}
