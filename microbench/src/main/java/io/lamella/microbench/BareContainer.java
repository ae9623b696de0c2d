package io.lamella.microbench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The container of an instance, run by {@code lxc-start} alone: its root file system, id map, limits and security as the
 * node made them, with a plain veth pair instead of the node's network.
 */
final class BareContainer implements AutoCloseable {
    private static final String NAME = "bare";

    private final Path directory;
    private final Path rootfs;

    /**
     * Keeps the root file system mounted, so that the instance may be stopped afterwards.
     *
     * @param instance the directory of a running instance: its configuration (lxc.container.conf(5)) and root file system
     * @param directory where its own goes
     */
    BareContainer(Path instance, Path directory) {
        this.directory = directory;
        this.rootfs = directory.resolve("rootfs");
        List<String> lines = new ArrayList<>();
        try (Stream<String> all = Files.lines(instance.resolve("config"))) {
            all.filter(BareContainer::kept).forEach(lines::add);
            lines.add("lxc.rootfs.path = dir:" + rootfs);
            lines.add("lxc.net.0.type = veth");
            lines.add("lxc.net.0.flags = up");
            lines.add("lxc.net.0.name = eth0");
            Files.createDirectories(rootfs);
            Files.createDirectories(directory.resolve(NAME));
            Files.write(directory.resolve(NAME).resolve("config"), lines);
        } catch (IOException e) {
            throw new BenchmarkException("the bare container cannot be made: " + e.getMessage());
        }
        Command.run(List.of("mount", "--bind", instance.resolve("rootfs").toString(), rootfs.toString()));
    }

    /** What belongs to the node and not to the container: its places, network and log. */
    private static boolean kept(String line) {
        return Stream.of("lxc.rootfs.path", "lxc.net.", "lxc.console.", "lxc.cgroup.dir.")
                .noneMatch(line.strip()::startsWith);
    }

    /** Starts it and returns once its first process runs, as {@code lxc-start} itself sees to; milliseconds. */
    double start() {
        return Command.timed(command("lxc-start", "--daemon"));
    }

    void stop() {
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
