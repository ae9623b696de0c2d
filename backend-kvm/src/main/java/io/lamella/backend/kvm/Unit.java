package io.lamella.backend.kvm;

import io.lamella.guest.ConsoleLog;
import io.lamella.model.Names;
import io.lamella.model.Refusal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * An instance's places on the node, all derived from its name {@code SLICE.INSTANCE}.
 *
 * @param directory {@code BASE/SLICE.INSTANCE}
 * @param runtime for sockets; its name is short whatever the unit's is
 * @param group its control group
 */
record Unit(String name, Path directory, Path runtime, String group) {
    /** Tells our groups from those of containers. No instance has a dot. */
    static final String GROUP_SUFFIX = ".kvm";

    static Unit of(KvmSettings settings, String name) {
        int dot = name.indexOf('.');
        String slice = Names.check("slice", dot < 0 ? "" : name.substring(0, dot));
        String instance = Names.check("instance", name.substring(dot + 1));
        return new Unit(
                name,
                settings.directory().resolve(name),
                settings.run().resolve(digest(name)),
                settings.cgroupRoot() + "/" + slice + "/" + instance + GROUP_SUFFIX);
    }

    /** Empty where the name is no unit's. */
    static Optional<Unit> find(KvmSettings settings, String name) {
        try {
            return Optional.of(of(settings, name));
        } catch (Refusal e) {
            return Optional.empty();
        }
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
        return directory.resolve("root.qcow2");
    }

    /** What QEMU itself has to say. */
    Path startLog() {
        return directory.resolve("start.log");
    }

    /** A raw copy of the disk, or one to become it, while either is converted. */
    Path raw() {
        return directory.resolve("root.raw");
    }

    /** The volume that cloud-init in a disk image reads; machines of disk images alone have one. */
    Path seed() {
        return directory.resolve("seed.img");
    }

    /** What UEFI firmware remembers. */
    Path variables() {
        return directory.resolve("uefi-variables.fd");
    }

    /** Where the disk's content is shown. */
    Path tree() {
        return directory.resolve("tree");
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

    Path socket(String channel) {
        return runtime.resolve(channel);
    }
}
