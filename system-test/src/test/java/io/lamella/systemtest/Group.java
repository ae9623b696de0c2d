package io.lamella.systemtest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** A control group as its files tell, on version 1 or 2. */
final class Group {
    private static final int PROCESSOR = 39; // field of proc_pid_stat(5)

    private final String name;

    Group(String name) {
        this.name = name;
    }

    private static Path root(String controller) {
        Path legacy = Path.of("/sys/fs/cgroup", controller);
        return Files.isDirectory(legacy) ? legacy : Path.of("/sys/fs/cgroup");
    }

    private static boolean legacy(String controller) {
        return Files.isDirectory(Path.of("/sys/fs/cgroup", controller));
    }

    private String read(String controller, String legacyFile, String file) throws IOException {
        return Files.readString(root(controller).resolve(name).resolve(legacy(controller) ? legacyFile : file))
                .strip();
    }

    boolean exists() {
        return Files.exists(root("memory").resolve(name));
    }

    long memoryLimit() throws IOException {
        return Long.parseLong(read("memory", "memory.limit_in_bytes", "memory.max"));
    }

    String pidsLimit() throws IOException {
        return read("pids", "pids.max", "pids.max");
    }

    /** Of the group and all below it: version 1 counts where the process is. */
    long oomKills() throws IOException {
        return sum("memory", legacy("memory") ? "memory.oom_control" : "memory.events", "oom_kill");
    }

    /** Of the group and all below it: version 1 counts where the fork was asked for. */
    long forksRefused() throws IOException {
        return sum("pids", "pids.events", "max");
    }

    private long sum(String controller, String file, String key) throws IOException {
        long sum = 0;
        for (Path group : tree(controller)) {
            sum += counter(Files.readString(group.resolve(file)), key);
        }
        return sum;
    }

    long cpuNanos() throws IOException {
        return legacy("cpuacct")
                ? Long.parseLong(read("cpuacct", "cpuacct.usage", ""))
                : counter(read("cpu", "", "cpu.stat"), "usage_usec") * 1000;
    }

    Set<Long> processes() throws IOException {
        Set<Long> found = new TreeSet<>();
        for (Path group : tree("pids")) {
            Kernel.lines(Files.readString(group.resolve("cgroup.procs"))).forEach(pid -> found.add(Long.valueOf(pid)));
        }
        return found;
    }

    /** The processors on which the group's runnable threads are or were last. */
    Set<Integer> processorsNow() throws IOException {
        Set<Integer> seen = new TreeSet<>();
        for (Path thread : threads()) {
            String[] fields = afterName(thread.resolve("stat"));
            if (fields.length > PROCESSOR - 3 && fields[0].equals("R")) {
                seen.add(Integer.valueOf(fields[PROCESSOR - 3]));
            }
        }
        return seen;
    }

    /** {@link #processorsNow} at many moments. */
    Set<Integer> processorsSeen() throws Exception {
        Set<Integer> seen = new TreeSet<>();
        for (int i = 0; i < 40; i++) {
            seen.addAll(processorsNow());
            Thread.sleep(25);
        }
        return seen;
    }

    Set<String> allowedCpus() throws IOException {
        Set<String> lists = new HashSet<>();
        for (Path thread : threads()) {
            lists.add(status(thread.resolve("status"), "Cpus_allowed_list"));
        }
        lists.remove("");
        return lists;
    }

    /** A field of proc_pid_status(5), or the empty string where the process has ended. */
    static String status(Path file, String field) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(l -> l.startsWith(field + ":"))
                    .map(l -> l.substring(field.length() + 1).strip())
                    .findFirst()
                    .orElse("");
        } catch (IOException | java.io.UncheckedIOException e) {
            return "";
        }
    }

    private List<Path> threads() throws IOException {
        List<Path> threads = new ArrayList<>();
        for (long pid : processes()) {
            try (Stream<Path> tasks = Files.list(Path.of("/proc/" + pid + "/task"))) {
                tasks.forEach(threads::add);
            } catch (IOException e) {
                // it ended
            }
        }
        return threads;
    }

    private static String[] afterName(Path stat) {
        try {
            String text = Files.readString(stat);
            return text.substring(text.lastIndexOf(')') + 2).split(" ");
        } catch (IOException e) {
            return new String[0]; // it ended
        }
    }

    private List<Path> tree(String controller) throws IOException {
        try (Stream<Path> tree = Files.walk(root(controller).resolve(name))) {
            return tree.filter(Files::isDirectory).toList();
        }
    }

    private static long counter(String text, String key) {
        return Kernel.lines(text).stream()
                .filter(l -> l.startsWith(key + " "))
                .mapToLong(l -> Long.parseLong(l.substring(key.length() + 1)))
                .sum();
    }
}
