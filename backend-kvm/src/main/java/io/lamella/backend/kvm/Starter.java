package io.lamella.backend.kvm;

import io.lamella.compute.InstancePlan;
import io.lamella.compute.Root;
import io.lamella.guest.Boot;
import io.lamella.guest.Bus;
import io.lamella.guest.GuestKernel;
import io.lamella.guest.Initramfs;
import io.lamella.linux.Cgroups;
import io.lamella.linux.Inodes;
import io.lamella.linux.Pids;
import io.lamella.model.Qcow2;
import io.lamella.model.Refusal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/** Starts machines and waits for them. */
final class Starter {
    private static final Duration LAUNCH = Duration.ofSeconds(60);
    private static final Duration BOOT = Duration.ofSeconds(60);
    private static final Duration EMULATED_BOOT = Duration.ofMinutes(5);
    private static final long PAUSE_MILLIS = 5;
    private static final int OWNER_ALONE = 0700;
    /** Threads of QEMU's, not of the guest's. */
    private static final long MOST_THREADS = 512;

    private final KvmSettings settings;
    private final Cgroups cgroups;
    private final Host host;
    private final Machines machines;
    private final Disk disk;
    private final Initramfs initramfs;

    Starter(KvmSettings settings, Cgroups cgroups, Host host, Machines machines, Disk disk) {
        this.settings = settings;
        this.cgroups = cgroups;
        this.host = host;
        this.machines = machines;
        this.disk = disk;
        this.initramfs = new Initramfs(settings.cache());
    }

    /** Starts its QEMU and returns once the machine can be called started; the caller sweeps up after a failure. */
    void launch(Unit unit, InstancePlan plan) throws IOException {
        boolean kvm = host.kvm();
        long memory = Memory.guest(plan);
        Cgroups.Limits limits = limits(plan, memory, kvm);
        Memory.check(plan, memory, kvm);
        OptionalLong pages = Memory.pages(plan, memory);
        Map<Integer, Path> files = new TreeMap<>();
        if (plan.root() instanceof Root.Tree tree) {
            GuestKernel kernel = GuestKernel.of(tree, settings.kernel());
            files.put(QemuArguments.KERNEL, initramfs.readable(kernel));
            files.put(QemuArguments.INITRD, initramfs.of(kernel, Bus.VIRTIO));
        }
        disk.create(unit, plan);
        Qcow2 header = disk.whole(unit);
        if (header.layered()) {
            files.put(QemuArguments.BASE, disk.base(plan));
        }
        if (plan.root() instanceof Root.Disk) {
            Seed.make(unit, plan);
        }
        long user = plan.slice().ids().first();
        Files.deleteIfExists(unit.olderConsoleLog());
        Files.deleteIfExists(unit.consoleLog());
        Files.createFile(unit.consoleLog());
        Disk.give(unit.consoleLog(), plan);
        Files.createDirectories(unit.runtime());
        Inodes.chmod(unit.runtime(), OWNER_ALONE);
        Inodes.lchown(unit.runtime(), user, user);
        cgroups.create(unit.group());
        cgroups.limit(unit.group(), limits);
        List<String> arguments = new QemuArguments(unit, plan, kvm, memory, pages, header.layered()).list();
        arguments.addFirst(Host.QEMU);
        Files.deleteIfExists(unit.startLog());
        new Launcher(user, host.kvmGroup(), files).start(cgroups.joinFiles(unit.group()), unit.startLog(), arguments);
        Machine machine = awaitMonitor(unit);
        Placement.of(plan).apply(machine.pid(), machine.cpuThreads());
        awaitInit(unit, machine);
        machines.expect(unit, machine.pid());
    }

    /** Returns when QEMU has made the machine; refuses with QEMU's own words where it cannot. */
    private Machine awaitMonitor(Unit unit) throws IOException {
        long deadline = System.nanoTime() + LAUNCH.toNanos();
        while (true) {
            try {
                Optional<Machine> machine = machines.find(unit);
                if (machine.isEmpty()) {
                    throw Launcher.failure("QEMU ended at once: "
                            + Files.readString(unit.startLog(), StandardCharsets.ISO_8859_1)
                                    .lines()
                                    .findFirst()
                                    .orElse("it gave no reason"));
                }
                return machine.get();
            } catch (QmpException e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new QmpException("the start was interrupted", e);
        }
    }

    /**
     * Returns when the image's init has taken over, where that can be known; refuses a machine that ends before, or takes
     * too long.
     */
    void awaitInit(Unit unit, Machine machine) {
        Boot.await(
                "the machine",
                host.kvm() ? BOOT : EMULATED_BOOT,
                () -> Pids.alive(machine.pid()),
                () -> machine.agent().awaitReady(),
                () -> machine.agent().close(),
                () -> unit.console().lastWords());
    }

    Cgroups.Limits limits(InstancePlan plan, long memory, boolean kvm) {
        boolean limitable = cgroups.controllers().contains("memory");
        if (plan.instance().spec().memory().isPresent() && !limitable) {
            throw Refusal.unavailable("the memory of instance \""
                    + plan.instance().name() + "\" cannot be limited: the kernel has no memory controller");
        }
        return new Cgroups.Limits(
                Placement.of(plan).all().toString(),
                plan.instance().spec().cpuWeight().orElse(100),
                limitable ? OptionalLong.of(Memory.limit(memory, kvm)) : OptionalLong.empty(),
                OptionalLong.of(MOST_THREADS));
    }
}
