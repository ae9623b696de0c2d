package io.lamella.systemtest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Takes away of a node what a machine loses with its power: processes, mounts, control groups, devices, volatile files. */
final class PowerFailure {
    private final TestNode node;
    private final Kernel kernel;

    PowerFailure(TestNode node) {
        this.node = node;
        this.kernel = new Kernel(node);
    }

    void strike() throws Exception {
        List<String> links = new ArrayList<>(kernel.links());
        node.kill();
        Eventually.until("every process of the node is dead", () -> {
            processes().forEach(p -> ProcessHandle.of(p).ifPresent(ProcessHandle::destroyForcibly));
            return processes().isEmpty();
        });
        for (String mount : kernel.mounts()) {
            Kernel.run("umount", "--lazy", node.directory.resolve(mount).toString());
        }
        for (Path group : groups()) {
            Eventually.until(group + " is empty", () -> removed(group));
        }
        for (String link : links) {
            if (Files.exists(Path.of("/sys/class/net", link))) {
                Kernel.run("ip", "link", "delete", link);
            }
        }
        Kernel.run("rm", "-rf", node.run().toString());
        Files.writeString(node.state().resolve("boot-id"), "00000000-0000-0000-0000-000000000000");
    }

    /** Those in the node's control groups and the switch's. */
    private List<Long> processes() throws IOException {
        List<Long> found = new ArrayList<>();
        for (Path group : groups()) {
            for (String pid : Kernel.lines(read(group.resolve("cgroup.procs")))) {
                found.add(Long.parseLong(pid));
            }
        }
        for (String program : List.of("ovs-vswitchd", "ovsdb-server")) {
            String pid = read(node.run().resolve("ovs/" + program + ".pid")).strip();
            if (!pid.isEmpty()
                    && read(Path.of("/proc/" + pid + "/comm")).strip().equals(program)) {
                found.add(Long.parseLong(pid));
            }
        }
        return found;
    }

    /** All control groups of the node, inner ones first. */
    private List<Path> groups() throws IOException {
        List<Path> found = new ArrayList<>();
        for (Path root : Kernel.hierarchies()) {
            Path top = root.resolve(node.name);
            if (Files.isDirectory(top)) {
                try (Stream<Path> tree = Files.walk(top)) {
                    tree.filter(Files::isDirectory).forEach(found::add);
                } catch (UncheckedIOException e) {
                    // a group went away while it was listed
                }
            }
        }
        found.sort(Comparator.comparingInt(Path::getNameCount).reversed());
        return found;
    }

    private static boolean removed(Path group) throws IOException {
        try {
            Files.delete(group);
        } catch (NoSuchFileException e) {
            // LXC's monitor did it
        }
        return true;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return ""; // it went away
        }
    }
}
