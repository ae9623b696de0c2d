package io.lamella.daemon;

import io.lamella.model.Refusal;
import java.nio.file.Path;

/**
 * Where a node keeps its things, and under which name it makes them in the kernel. Two nodes of different names and
 * directories can live on one machine.
 *
 * @param state survives a reboot: records, images, instances' disks
 * @param run gone after a reboot: sockets, process ids
 * @param cache may be deleted at any time: what images were built from
 * @param config the daemon's configuration file; need not exist
 * @param name names the cgroup and, behind {@code br-}, the bridge; 1 to 12 characters (IFNAMSIZ is 16)
 */
record Settings(Path state, Path run, Path cache, Path config, String name) {
    static final Settings DEFAULT = new Settings(
            Path.of("/var/lib/lamella"),
            Path.of("/run/lamella"),
            Path.of("/var/cache/lamella"),
            Path.of("/etc/lamella/lamella.yaml"),
            "lamella");

    Settings {
        if (!name.matches("[a-z][a-z0-9]{0,11}")) {
            throw Refusal.invalid("--name", name, "1 to 12 lower-case letters and digits, starting with a letter");
        }
    }

    Path socket() {
        return run.resolve("lamella.sock");
    }

    String bridge() {
        return "br-" + name;
    }
}
