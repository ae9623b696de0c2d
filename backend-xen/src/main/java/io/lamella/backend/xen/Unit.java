package io.lamella.backend.xen;

import io.lamella.guest.ConsoleLog;
import io.lamella.model.Names;
import io.lamella.model.Refusal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * An instance's places on the node, all derived from its name {@code SLICE.INSTANCE}.
 *
 * @param directory {@code BASE/SLICE.INSTANCE}
 * @param runtime for sockets; its name is short whatever the unit's is
 * @param group the control group of the processes that serve the domain
 * @param domain the domain's name
 */
record Unit(String name, Path directory, Path runtime, String group, String domain) {
    /** Tells our groups from those of other backends. No instance has a dot. */
    static final String GROUP_SUFFIX = ".xen";

    private static final Path LOGS = Path.of("/var/log/xen");

    static Unit of(XenSettings settings, String name) {
        int dot = name.indexOf('.');
        String slice = Names.check("slice", dot < 0 ? "" : name.substring(0, dot));
        String instance = Names.check("instance", name.substring(dot + 1));
        return new Unit(
                name,
                settings.directory().resolve(name),
                settings.run().resolve(digest(name)),
                settings.cgroupRoot() + "/" + slice + "/" + instance + GROUP_SUFFIX,
                prefix(settings) + name);
    }

    /** Empty where the name is no unit's. */
    static Optional<Unit> find(XenSettings settings, String name) {
        try {
            return Optional.of(of(settings, name));
        } catch (Refusal e) {
            return Optional.empty();
        }
    }

    /** What the names of the node's domains begin with. */
    static String prefix(XenSettings settings) {
        return settings.cgroupRoot() + ".";
    }

    private static String digest(String name) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 6);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    Path disk() {
        return directory.resolve("root.raw");
    }

    /** Where the disk's content is shown. */
    Path tree() {
        return directory.resolve("tree");
    }

    /** What xl reads. */
    Path config() {
        return directory.resolve("domain.cfg");
    }

    Path consoleLog() {
        return directory.resolve("console.log");
    }

    Path olderConsoleLog() {
        return directory.resolve("console.log.1");
    }

    ConsoleLog console() {
        return new ConsoleLog(consoleLog(), olderConsoleLog());
    }

    Path socket(int channel) {
        return runtime.resolve("hvc" + channel);
    }

    /** What xl has to say while it watches over the domain. */
    Path watchLog() {
        return LOGS.resolve("xl-" + domain + ".log");
    }

    /** The logs that Xen's tools write; older ones have a dot and a number behind. */
    List<String> logNames() {
        return List.of("xl-" + domain + ".log", "qemu-dm-" + domain + ".log", "qemu-probe-" + domain + ".log");
    }

    static Path logs() {
        return LOGS;
    }
}
