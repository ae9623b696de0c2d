package io.lamella.backend.lxc;

import io.lamella.model.Names;
import io.lamella.model.Refusal;
import java.nio.file.Path;
import java.util.Optional;

/**
 * An instance's places on the node, all derived from its name {@code SLICE.INSTANCE}.
 *
 * @param directory {@code BASE/SLICE.INSTANCE}
 * @param sliceGroup {@code ROOT/SLICE}
 */
record Unit(String name, Path directory, String sliceGroup) {
    /** LXC keeps its monitor in a group of its own, which the instance's limits do not hold. No instance has a dot. */
    private static final String MONITOR = ".monitor";

    static Unit of(LxcSettings settings, String name) {
        int dot = name.indexOf('.');
        String slice = Names.check("slice", dot < 0 ? "" : name.substring(0, dot));
        Names.check("instance", name.substring(dot + 1));
        return new Unit(name, settings.directory().resolve(name), settings.cgroupRoot() + "/" + slice);
    }

    /** Empty where the name is no unit's. */
    static Optional<Unit> find(LxcSettings settings, String name) {
        try {
            return Optional.of(of(settings, name));
        } catch (Refusal e) {
            return Optional.empty();
        }
    }

    /** The name of the unit whose group {@code child} of {@code slice} is. */
    static String named(String slice, String child) {
        return slice + "." + (child.endsWith(MONITOR) ? child.substring(0, child.length() - MONITOR.length()) : child);
    }

    /** Holds the limits, and belongs to the node's root. */
    String group() {
        return sliceGroup + "/" + name.substring(name.indexOf('.') + 1);
    }

    /** Holds the processes; LXC gives it to the instance, which may make groups below it. */
    String innerGroup() {
        return group() + "/ns";
    }

    String monitorGroup() {
        return group() + MONITOR;
    }

    Path config() {
        return directory.resolve("config");
    }

    Path rootfs() {
        return directory.resolve("rootfs");
    }

    Path image() {
        return directory.resolve("image");
    }

    Path upper() {
        return directory.resolve("upper");
    }

    Path work() {
        return directory.resolve("work");
    }

    Path consoleLog() {
        return directory.resolve("console.log");
    }

    Path olderConsoleLog() {
        return directory.resolve("console.log.1");
    }

    Path startLog() {
        return directory.resolve("start.log");
    }
}
