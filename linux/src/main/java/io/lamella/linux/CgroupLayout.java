package io.lamella.linux;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where control groups are mounted.
 *
 * @param legacy the version 1 hierarchies by what they hold: a controller such as {@code cpuset}, or a name such as
 *     {@code name=systemd}; several keys may share one path
 * @param unified the version 2 hierarchy, which holds no controller that a version 1 hierarchy holds
 */
public record CgroupLayout(Map<String, Path> legacy, Optional<Path> unified) {
    private static final Set<String> CONTROLLERS = Set.of(
            "cpuset",
            "cpu",
            "cpuacct",
            "memory",
            "pids",
            "devices",
            "freezer",
            "blkio",
            "net_cls",
            "net_prio",
            "perf_event",
            "hugetlb",
            "rdma",
            "misc");

    /** How the two versions share the machine. */
    public enum Mode {
        V1("v1"),
        HYBRID("hybrid"),
        V2("v2");

        private final String word;

        Mode(String word) {
            this.word = word;
        }

        @Override
        public String toString() {
            return word;
        }
    }

    public CgroupLayout {
        legacy = Map.copyOf(legacy);
    }

    /** Reads {@code /proc/PID/mountinfo} (proc_pid_mountinfo(5)); lines that it does not understand count for nothing. */
    public static CgroupLayout parse(String mountinfo) {
        Map<String, Path> legacy = new LinkedHashMap<>();
        Optional<Path> unified = Optional.empty();
        for (String line : mountinfo.split("\n", -1)) {
            int dash = line.indexOf(" - ");
            if (dash < 0) {
                continue;
            }
            String[] before = line.substring(0, dash).split(" ", -1);
            String[] after = line.substring(dash + 3).split(" ", -1);
            if (before.length < 6 || after.length < 3 || !before[4].startsWith("/") || before[4].indexOf('\0') >= 0) {
                continue;
            }
            Path path = Path.of(unescape(before[4]));
            if (after[0].equals("cgroup2") && unified.isEmpty()) {
                unified = Optional.of(path);
            } else if (after[0].equals("cgroup")) {
                for (String option : after[2].split(",", -1)) {
                    if (CONTROLLERS.contains(option) || option.startsWith("name=")) {
                        legacy.putIfAbsent(option, path);
                    }
                }
            }
        }
        return new CgroupLayout(legacy, unified);
    }

    /** The kernel writes space, tab, newline and backslash as three octal digits. */
    private static String unescape(String field) {
        return field.replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\012", "\n")
                .replace("\\134", "\\");
    }

    public Mode mode() {
        boolean controllers = legacy.keySet().stream().anyMatch(CONTROLLERS::contains);
        return !controllers ? Mode.V2 : unified.isPresent() ? Mode.HYBRID : Mode.V1;
    }

    /** Every hierarchy once. */
    public List<Path> hierarchies() {
        Set<Path> all = new LinkedHashSet<>(legacy.values());
        unified.ifPresent(all::add);
        return new ArrayList<>(all);
    }
}
