package io.lamella.backend.lxc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lamella.compute.Backend.ExecRequest;
import io.lamella.compute.InstancePlan;
import io.lamella.compute.Root;
import io.lamella.compute.Session;
import io.lamella.linux.Cgroups;
import io.lamella.linux.Command;
import io.lamella.linux.Inodes;
import io.lamella.linux.Mounts;
import io.lamella.model.Autostart;
import io.lamella.model.BackendKind;
import io.lamella.model.ByteSize;
import io.lamella.model.CpuSet;
import io.lamella.model.IdRange;
import io.lamella.model.Instance;
import io.lamella.model.InstanceSpec;
import io.lamella.model.Phase;
import io.lamella.model.Port;
import io.lamella.model.Slice;
import io.lamella.model.SliceSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** A backend of its own on the real machine, with a BusyBox image; closing it checks that nothing is left. */
final class Lab implements AutoCloseable {
    private static final List<String> COMMANDS = List.of(
            "sh",
            "cat",
            "sleep",
            "id",
            "env",
            "ip",
            "ping",
            "kill",
            "echo",
            "head",
            "stty",
            "tty",
            "dd",
            "ls",
            "touch",
            "mount",
            "mknod",
            "yes",
            "true",
            "hostname",
            "reboot");

    final Cgroups cgroups;
    final LxcSettings settings;
    final Path image;
    private LxcBackend backend;

    Lab(Path directory) throws IOException {
        assumeTrue(Files.isWritable(Path.of("/sys/fs/cgroup")), "needs root and a mounted /sys/fs/cgroup");
        assumeTrue(
                Tools.missing(Files.isDirectory(Path.of("/sys/kernel/security/apparmor")))
                        .isEmpty(),
                "needs LXC's tools");
        assumeTrue(Files.isExecutable(Path.of("/bin/busybox")), "needs /bin/busybox");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        cgroups = Cgroups.detect();
        settings = new LxcSettings(
                directory.resolve("lxc"),
                "lamtest" + UUID.randomUUID().toString().substring(0, 8));
        image = directory.resolve("images/busybox/rootfs");
        makeImage(image, "::sysinit:/bin/echo hello from sysinit\n::respawn:/bin/sleep 100000\n");
        Files.setPosixFilePermissions(directory.resolve("images"), PosixFilePermissions.fromString("rwx------"));
        backend = new LxcBackend(settings, cgroups);
        assumeTrue(backend.probe().available(), backend.probe().detail());
    }

    static void makeImage(Path rootfs, String inittab) throws IOException {
        for (String directory : "bin sbin etc proc sys dev tmp root var run".split(" ")) {
            Files.createDirectories(rootfs.resolve(directory));
        }
        Files.copy(Path.of("/bin/busybox"), rootfs.resolve("bin/busybox"));
        for (String command : COMMANDS) {
            Files.createSymbolicLink(rootfs.resolve("bin").resolve(command), Path.of("busybox"));
        }
        Files.createSymbolicLink(rootfs.resolve("sbin/init"), Path.of("../bin/busybox"));
        Files.writeString(rootfs.resolve("etc/inittab"), inittab);
        Files.writeString(rootfs.resolve("etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n");
    }

    LxcBackend backend() {
        return backend;
    }

    /** What a restarted daemon has. */
    LxcBackend restarted() {
        backend = new LxcBackend(settings, cgroups);
        return backend;
    }

    Slice slice(String name, int number) {
        return new Slice(
                new SliceSpec(name, Optional.empty(), Optional.empty(), Optional.empty()),
                CpuSet.of(0),
                new IdRange(LxcSettings.IDS.first() + (5000 + number) * IdRange.PER_SLICE, IdRange.PER_SLICE),
                Phase.PRESENT,
                Instant.EPOCH);
    }

    InstancePlan plan(Slice slice, String name, Port... ports) {
        InstanceSpec spec = InstanceSpec.of(
                name,
                "busybox",
                BackendKind.LXC,
                Optional.empty(),
                Optional.of(200),
                Optional.of(ByteSize.mebibytes(64)),
                Optional.of(50),
                List.of(),
                Autostart.DEFAULT);
        Instance instance = new Instance(
                UUID.randomUUID(),
                slice.name(),
                spec,
                BackendKind.LXC,
                Optional.empty(),
                "sha256:0",
                slice.cpus(),
                Phase.PRESENT,
                true,
                Optional.empty(),
                Instant.EPOCH);
        return new InstancePlan(
                instance, slice, new Root.Tree(image, image.resolveSibling("derived")), List.of(ports), false);
    }

    InstancePlan started(Slice slice, String name, Port... ports) {
        InstancePlan plan = plan(slice, name, ports);
        backend.create(plan);
        backend.start(plan);
        return plan;
    }

    int pid(InstancePlan plan) {
        return backend.observe(plan.unit()).pid().orElseThrow();
    }

    /** A line of /proc/PID/status of an instance's init. */
    String status(InstancePlan plan, String key) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid(plan) + "/status")).stream()
                .filter(line -> line.startsWith(key + ":"))
                .map(line -> line.substring(key.length() + 1).strip())
                .findFirst()
                .orElseThrow();
    }

    record Done(int exitCode, String output, String error) {}

    Done run(InstancePlan plan, String... command) throws Exception {
        return run(plan, false, Map.of(), command);
    }

    Done run(InstancePlan plan, boolean terminal, Map<String, String> environment, String... command) throws Exception {
        ExecRequest request = new ExecRequest(List.of(command), environment, terminal, 100, 30);
        try (Session session = backend.exec(plan.unit(), request)) {
            if (!terminal) {
                session.input().close();
            }
            String output = new String(session.output().readAllBytes(), StandardCharsets.UTF_8);
            String error = new String(session.error().readAllBytes(), StandardCharsets.UTF_8);
            return new Done(session.await(), output, error);
        }
    }

    String console(InstancePlan plan) throws IOException {
        return new String(backend.consoleLog(plan.unit()).readAllBytes(), StandardCharsets.UTF_8);
    }

    /** Nothing of a unit but its directory. */
    void assertStopped(InstancePlan plan) {
        Unit unit = Unit.of(settings, plan.unit());
        assertThat(cgroups.exists(unit.group())).isFalse();
        assertThat(cgroups.exists(unit.monitorGroup())).isFalse();
        assertThat(Mounts.list()).noneMatch(mount -> mount.target().startsWith(unit.directory()));
        assertThat(Monitors.find(settings.directory())).doesNotContainKey(unit.name());
    }

    static void ip(String... arguments) {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(arguments));
        assertThat(Command.run(Duration.ofSeconds(10), command).error()).isEmpty();
    }

    static boolean linkExists(String name) {
        return Files.exists(Path.of("/sys/class/net", name));
    }

    @Override
    public void close() {
        Map<String, RuntimeException> failures = new HashMap<>();
        for (String unit : backend.inventory()) {
            try {
                backend.delete(unit);
            } catch (RuntimeException e) {
                failures.put(unit, e);
            }
        }
        if (cgroups.exists(settings.cgroupRoot())) {
            cgroups.kill(settings.cgroupRoot());
            cgroups.delete(settings.cgroupRoot());
        }
        Inodes.deleteTree(Path.of("/run/lxc/lock" + settings.directory().getParent()));
        assertThat(failures).isEmpty();
        assertThat(backend.inventory()).isEmpty();
        assertThat(Mounts.list()).noneMatch(mount -> mount.target().startsWith(settings.directory()));
        assertThat(Monitors.find(settings.directory())).isEmpty();
    }
}
