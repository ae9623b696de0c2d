package io.lamella.microbench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The container of an instance, run by {@code lxc-start} alone: its root file system, id map, limits and security as the
 * node made them. Where the instance has a network, so has this: on the same switch, to which LXC itself connects it.
 */
final class BareContainer implements Rival {
    private static final String NAME = "bare";

    private final Path directory;
    private final Path rootfs;
    private final Map<String, String> environment;

    /**
     * Keeps the root file system mounted, so that the instance may be stopped afterwards.
     *
     * @param instance the directory of a running instance: its configuration (lxc.container.conf(5)) and root file system
     * @param directory where its own goes
     * @param bridge the switch's, for an instance on a network
     * @param switchDirectory where the switch's sockets are
     */
    BareContainer(Path instance, Path directory, String bridge, Path switchDirectory) {
        this.directory = directory;
        this.rootfs = directory.resolve("rootfs");
        // for ovs-vsctl(8), by which LXC talks to the switch
        this.environment = Map.of("OVS_RUNDIR", switchDirectory.toString());
        List<String> lines = new ArrayList<>();
        try (Stream<String> all = Files.lines(instance.resolve("config"))) {
            all.filter(BareContainer::kept)
                    .map(line -> line.equals("lxc.net.0.type = phys")
                            ? "lxc.net.0.type = veth\nlxc.net.0.link = " + bridge
                            : line)
                    .forEach(lines::add);
            lines.add("lxc.rootfs.path = dir:" + rootfs);
            Files.createDirectories(rootfs);
            Files.createDirectories(directory.resolve(NAME));
            Files.write(directory.resolve(NAME).resolve("config"), lines);
        } catch (IOException e) {
            throw new BenchmarkException("the bare container cannot be made: " + e.getMessage());
        }
        Command.run(List.of("mount", "--bind", instance.resolve("rootfs").toString(), rootfs.toString()));
    }

    /** What belongs to the node and not to the container: its places, device and log. */
    private static boolean kept(String line) {
        return Stream.of("lxc.rootfs.path", "lxc.net.0.link", "lxc.console.", "lxc.cgroup.dir.")
                .noneMatch(line.strip()::startsWith);
    }

    /** Ready is when its first process runs, as {@code lxc-start} itself sees to. */
    @Override
    public double start() {
        return Command.timed(command("lxc-start", "--daemon"), environment);
    }

    @Override
    public void stop() {
        Command.run(command("lxc-stop", "--kill"));
    }

    private List<String> command(String tool, String option) {
        return List.of(tool, "--name", NAME, "--lxcpath", directory.toString(), option);
    }

    @Override
    public void close() {
        Command.run(List.of("umount", rootfs.toString()));
    }
}
