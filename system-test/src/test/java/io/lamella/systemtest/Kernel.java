package io.lamella.systemtest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What the kernel and the switch hold of a node, read with the ordinary tools and files and with none of the code under
 * test.
 */
final class Kernel {
    private static final Pattern IN_PORT = Pattern.compile("in_port=\"?([^, \"]+)\"?");

    private final TestNode node;

    Kernel(TestNode node) {
        this.node = node;
    }

    /** Cgroups of the node below its root, as {@code slice} or {@code slice/instance}, of all hierarchies. */
    Set<String> cgroups() throws IOException {
        Set<String> found = new TreeSet<>();
        for (Path root : hierarchies()) {
            Path top = root.resolve(node.name);
            if (!Files.isDirectory(top)) {
                continue;
            }
            try (Stream<Path> tree = Files.walk(top, 2)) {
                tree.filter(Files::isDirectory)
                        .filter(p -> !p.equals(top))
                        .forEach(p -> found.add(top.relativize(p).toString()));
            } catch (java.io.UncheckedIOException e) {
                // a group went away while it was listed
            }
        }
        return found;
    }

    /** Where cgroups are mounted. */
    static List<Path> hierarchies() throws IOException {
        List<Path> roots = new ArrayList<>(List.of(Path.of("/sys/fs/cgroup")));
        try (Stream<Path> hierarchies = Files.list(Path.of("/sys/fs/cgroup"))) {
            hierarchies.filter(Files::isDirectory).forEach(roots::add);
        }
        return roots;
    }

    /** Mount points below the node's directories. */
    Set<String> mounts() throws IOException {
        Set<String> found = new TreeSet<>();
        for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
            String target = line.split(" ")[4];
            if (target.startsWith(node.directory.toString() + "/")) {
                found.add(node.directory.relativize(Path.of(target)).toString());
            }
        }
        return found;
    }

    /** Network devices of the node in the machine's own network namespace, by their alias. */
    Set<String> links() throws IOException {
        Set<String> found = new TreeSet<>();
        try (Stream<Path> links = Files.list(Path.of("/sys/class/net"))) {
            for (Path link : links.toList()) {
                try {
                    if (Files.readString(link.resolve("ifalias")).strip().equals("lamella:" + node.bridge())) {
                        found.add(link.getFileName().toString());
                    }
                } catch (IOException e) {
                    // it went away
                }
            }
        }
        return found;
    }

    private String database() {
        return "unix:" + node.run().resolve("ovs/db.sock");
    }

    boolean hasBridge() throws Exception {
        return lines(run("ovs-vsctl", "--db=" + database(), "list-br")).contains(node.bridge());
    }

    /** The switch's ports, without the bridge's own. */
    Set<String> switchPorts() throws Exception {
        return new TreeSet<>(lines(run("ovs-vsctl", "--db=" + database(), "list-ports", node.bridge())));
    }

    /** The input ports, by name or number, that any flow of the first table names. */
    Set<String> flowPorts() throws Exception {
        String flows = run(
                "ovs-ofctl",
                "-O",
                "OpenFlow13",
                "--names",
                "dump-flows",
                "unix:" + node.run().resolve("ovs/" + node.bridge() + ".mgmt"),
                "table=0");
        Set<String> ports = new TreeSet<>();
        Matcher m = IN_PORT.matcher(flows);
        while (m.find()) {
            ports.add(m.group(1));
        }
        return ports;
    }

    /** Processes whose command line names one of the node's directories, the daemon itself left out. */
    List<String> processes() throws IOException {
        List<String> found = new ArrayList<>();
        try (Stream<Path> pids = Files.list(Path.of("/proc"))) {
            for (Path p :
                    pids.filter(p -> p.getFileName().toString().matches("\\d+")).toList()) {
                try {
                    String line = new String(Files.readAllBytes(p.resolve("cmdline")), StandardCharsets.UTF_8)
                            .replace('\0', ' ');
                    boolean daemon = line.contains("io.lamella.daemon.Main")
                            || line.contains("surefire")
                            || p.getFileName().toString().equals(Long.toString(node.pid()));
                    if (line.contains(node.directory.toString()) && !daemon) {
                        found.add(p.getFileName() + " " + line.strip());
                    }
                } catch (IOException e) {
                    // it ended
                }
            }
        }
        return found;
    }

    /** The monitors of LXC that run for the node, by unit. */
    Set<String> monitors() throws IOException {
        Set<String> units = new TreeSet<>();
        for (String process : processes()) {
            if (process.contains("[lxc monitor]")) {
                units.add(process.substring(process.lastIndexOf(' ') + 1));
            }
        }
        return units;
    }

    static List<String> lines(String text) {
        return text.lines().map(String::strip).filter(l -> !l.isEmpty()).toList();
    }

    static String run(String... command) throws Exception {
        Process p = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!p.waitFor(30, TimeUnit.SECONDS)) {
            p.destroyForcibly();
            throw new AssertionError(String.join(" ", command) + " does not end");
        }
        if (p.exitValue() != 0) {
            throw new AssertionError(String.join(" ", command) + ": " + output);
        }
        return output;
    }
}
