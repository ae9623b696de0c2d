package io.lamella.backend.kvm;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lamella.compute.Backend.ExecRequest;
import io.lamella.compute.InstancePlan;
import io.lamella.compute.Root;
import io.lamella.compute.Session;
import io.lamella.guest.GuestKernel;
import io.lamella.linux.Cgroups;
import io.lamella.linux.Command;
import io.lamella.linux.Hardware;
import io.lamella.linux.Inodes;
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
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** A backend in directories of its own, and a busybox image. */
final class Rig implements AutoCloseable {
    private static final String INITTAB = "::sysinit:/etc/rc\n::askfirst:-/bin/sh\n";

    final Path image;
    final KvmSettings settings;
    final Cgroups cgroups = Cgroups.detect();
    private final QemuLock lock;
    private KvmBackend backend;

    record Run(int exitCode, String output, String error) {}

    Rig(Path directory) throws IOException, InterruptedException {
        assumeTrue(
                Files.isWritable(Path.of("/sys/fs/cgroup")) && "root".equals(System.getProperty("user.name")),
                "needs root");
        for (String tool : List.of(Host.QEMU, "qemu-img", "setpriv", "mkfs.ext4", "busybox")) {
            assumeTrue(Command.find(tool).isPresent(), tool + " is not installed");
        }
        Optional<GuestKernel> kernel = TestKernel.find();
        assumeTrue(kernel.isPresent(), "no kernel for guests can be had");
        Files.setPosixFilePermissions(directory, java.nio.file.attribute.PosixFilePermissions.fromString("rwx--x--x"));
        this.image = Files.createDirectories(directory.resolve("image/rootfs"));
        busybox(image);
        // emulated, because real virtualization within a virtual machine can take the whole machine down
        this.settings = new KvmSettings(
                directory.resolve("kvm"),
                directory.resolve("run"),
                directory.resolve("cache"),
                "lamella-test-kvm-" + ProcessHandle.current().pid(),
                Acceleration.TCG,
                kernel);
        this.lock = QemuLock.take();
        this.backend = new KvmBackend(settings, cgroups);
    }

    private static void busybox(Path rootfs) throws IOException {
        for (String name : List.of("bin", "sbin", "usr/bin", "usr/sbin", "etc", "root", "proc", "sys", "dev", "tmp")) {
            Files.createDirectories(rootfs.resolve(name));
        }
        Path program = Command.find("busybox").orElseThrow();
        Files.copy(program, rootfs.resolve("bin/busybox"));
        for (String applet : Command.run(Duration.ofSeconds(10), List.of(program.toString(), "--list-full"))
                .output()
                .lines()
                .toList()) {
            Path link = rootfs.resolve(applet);
            if (!Files.exists(link, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
                Files.createSymbolicLink(link, Path.of("/bin/busybox"));
            }
        }
        Path init = rootfs.resolve("sbin/init");
        Files.deleteIfExists(init);
        Files.createSymbolicLink(init, Path.of("/bin/busybox"));
        Files.writeString(rootfs.resolve("etc/inittab"), INITTAB);
        Path rc = rootfs.resolve("etc/rc");
        Files.writeString(rc, "#!/bin/sh\necho hello from sysinit\n");
        rc.toFile().setExecutable(true);
        Files.writeString(rootfs.resolve("etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n");
    }

    KvmBackend backend() {
        return backend;
    }

    /** What a restarted daemon has. */
    KvmBackend restarted() {
        backend.close();
        backend = new KvmBackend(settings, cgroups);
        return backend;
    }

    Slice slice(String name, int number) {
        return new Slice(
                new SliceSpec(name, Optional.empty(), Optional.empty(), Optional.empty()),
                CpuSet.parse("cpus", Hardware.onlineCpus()),
                new IdRange(1_000_000 + (6000 + number) * IdRange.PER_SLICE, IdRange.PER_SLICE),
                Phase.PRESENT,
                Instant.EPOCH);
    }

    InstancePlan plan(Slice slice, String name, CpuSet cpus, String memory, Port... ports) {
        InstanceSpec spec = InstanceSpec.of(
                name,
                "busybox",
                BackendKind.KVM,
                Optional.of(new io.lamella.model.CpuRequest.Count(cpus.size())),
                Optional.of(200),
                Optional.of(ByteSize.parse("memory", memory)),
                Optional.empty(),
                List.of(),
                Autostart.DEFAULT);
        Instance instance = new Instance(
                UUID.randomUUID(),
                slice.name(),
                spec,
                BackendKind.KVM,
                Optional.empty(),
                "sha256:0",
                cpus,
                Phase.PRESENT,
                true,
                Optional.empty(),
                Instant.EPOCH);
        return new InstancePlan(
                instance, slice, new Root.Tree(image, image.resolveSibling("derived")), List.of(ports), false);
    }

    Run run(InstancePlan plan, String... command) throws IOException, InterruptedException {
        return run(plan, new byte[0], command);
    }

    Run run(InstancePlan plan, byte[] input, String... command) throws IOException, InterruptedException {
        ExecRequest request = new ExecRequest(List.of(command), Map.of(), false, 0, 0);
        try (Session session = backend.exec(plan.unit(), request)) {
            session.input().write(input);
            session.input().close();
            String output = new String(session.output().readAllBytes(), StandardCharsets.ISO_8859_1);
            String error = new String(session.error().readAllBytes(), StandardCharsets.ISO_8859_1);
            return new Run(session.await(), output, error);
        }
    }

    String console(InstancePlan plan) throws IOException {
        return new String(backend.consoleLog(plan.unit()).readAllBytes(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        try {
            for (String unit : backend.inventory()) {
                backend.delete(unit);
            }
            for (String slice : cgroups.children(settings.cgroupRoot())) {
                cgroups.delete(settings.cgroupRoot() + "/" + slice);
            }
            if (cgroups.exists(settings.cgroupRoot())) {
                cgroups.delete(settings.cgroupRoot());
            }
            backend.close();
            Inodes.deleteTree(image);
        } finally {
            lock.close();
        }
    }
}
