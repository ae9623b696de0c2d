package io.lamella.backend.kvm;

import io.lamella.compute.Backend;
import io.lamella.compute.InstancePlan;
import io.lamella.compute.Plug;
import io.lamella.compute.Root;
import io.lamella.compute.Session;
import io.lamella.guest.Bus;
import io.lamella.guest.GuestKernel;
import io.lamella.guest.Initramfs;
import io.lamella.linux.Cgroups;
import io.lamella.linux.Inodes;
import io.lamella.linux.LinuxException;
import io.lamella.linux.Pids;
import io.lamella.model.BackendInfo;
import io.lamella.model.BackendKind;
import io.lamella.model.ByteSize;
import io.lamella.model.InstanceState;
import io.lamella.model.KernelView;
import io.lamella.model.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Instances as virtual machines of QEMU. Each has a directory with its disk, and while it runs a control group, a
 * directory for sockets and a QEMU process that is nobody's child, all of which outlive the daemon.
 */
public final class KvmBackend implements Backend, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KvmBackend.class);
    private static final Duration LAUNCH = Duration.ofSeconds(60);
    private static final Duration BOOT = Duration.ofSeconds(60);
    private static final Duration EMULATED_BOOT = Duration.ofMinutes(5);
    private static final Duration ADDRESSES = Duration.ofSeconds(5);
    private static final long PAUSE_MILLIS = 5;
    private static final long LOG_INTERVAL_MILLIS = 5000;
    private static final Pattern ADDRESS = Pattern.compile(" inet (\\d+\\.\\d+\\.\\d+\\.\\d+)/");
    private static final int PASS_FOR_ALL = 0711;
    private static final int OWNER_ALONE = 0700;
    /** Threads of QEMU's, not of the guest's. */
    private static final long MOST_THREADS = 512;

    private final KvmSettings settings;
    private final Cgroups cgroups;
    private final Host host;
    private final Machines machines;
    private final Initramfs initramfs;
    private final Disk disk = new Disk();
    private final Thread cutter;
    private final Set<String> consoles = ConcurrentHashMap.newKeySet();

    /** Makes the backend's directories and adopts the instances that run in it. Starts and ends none. */
    public KvmBackend(KvmSettings settings, Cgroups cgroups) {
        this.settings = settings;
        this.cgroups = cgroups;
        this.host = new Host(settings.acceleration());
        this.machines = new Machines(cgroups);
        this.initramfs = new Initramfs(settings.cache());
        try {
            for (Path directory : List.of(settings.directory(), settings.run())) {
                Files.createDirectories(directory);
                Inodes.chmod(directory, PASS_FOR_ALL);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (String name : inventory()) {
            machines.pid(unit(name)).ifPresent(pid -> machines.expect(unit(name), pid));
        }
        this.cutter = Thread.ofVirtual().name("console-logs").start(this::cutLogs);
    }

    /** Lets go of the machines, which run on. */
    @Override
    public void close() {
        cutter.interrupt();
        machines.close();
    }

    private void cutLogs() {
        try {
            while (true) {
                Thread.sleep(LOG_INTERVAL_MILLIS);
                for (String name : inventory()) {
                    unit(name).console().cut();
                    Disk.cut(unit(name).startLog());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (UncheckedIOException e) {
            LOG.warn("the consoles' logs cannot be cut any more", e);
        }
    }

    private Unit unit(String name) {
        return Unit.of(settings, name);
    }

    @Override
    public BackendKind kind() {
        return BackendKind.KVM;
    }

    @Override
    public BackendInfo probe() {
        Optional<String> obstacle = host.obstacle();
        return obstacle.isPresent()
                ? new BackendInfo(kind(), false, obstacle.get())
                : new BackendInfo(kind(), true, "QEMU " + host.version(), host.warning());
    }

    @Override
    public Optional<String> objection(Root image) {
        return switch (image) {
            case Root.Disk disk -> Optional.of("it is a disk image");
            case Root.Tree tree ->
                settings.kernel().isPresent()
                                || GuestKernel.newest(tree.directory()).isPresent()
                        ? Optional.empty()
                        : Optional.of(GuestKernel.missing());
        };
    }

    @Override
    public Plug plug(InstancePlan plan) {
        return new Plug.Tap(plan.slice().ids().first());
    }

    @Override
    public void create(InstancePlan plan) {
        attempt(plan, "the disk cannot be made", () -> disk.create(unit(plan.unit()), plan));
    }

    @Override
    public void createFrom(InstancePlan plan, Path tree) {
        attempt(plan, "the disk cannot be made", () -> disk.createFrom(unit(plan.unit()), plan, tree));
    }

    @Override
    public void withTree(InstancePlan plan, Consumer<Path> use) {
        attempt(plan, "the disk cannot be read", () -> disk.withTree(unit(plan.unit()), plan, use));
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void attempt(InstancePlan plan, String trouble, Work work) {
        try {
            work.run();
        } catch (IOException | LinuxException | QmpException e) {
            throw Launcher.failure("instance \"" + plan.instance().name() + "\": " + trouble + ": " + e.getMessage());
        }
    }

    @Override
    public void start(InstancePlan plan) {
        Unit unit = unit(plan.unit());
        if (machines.pid(unit).isPresent()) {
            return;
        }
        attempt(plan, "it could not be started", () -> {
            try {
                sweep(unit);
                launch(unit, plan);
            } catch (IOException | RuntimeException e) {
                sweep(unit);
                throw e;
            }
        });
    }

    private void launch(Unit unit, InstancePlan plan) throws IOException {
        boolean kvm = host.kvm();
        long memory = Memory.guest(plan);
        Cgroups.Limits limits = limits(plan, memory, kvm);
        Memory.check(plan, limits.memory().orElse(0));
        GuestKernel kernel =
                GuestKernel.of(new Root.Tree(plan.rootfs(), plan.root().derived()), settings.kernel());
        disk.create(unit, plan);
        Qcow2 header = disk.whole(unit);
        Map<Integer, Path> files = new TreeMap<>(Map.of(
                QemuArguments.KERNEL,
                initramfs.readable(kernel),
                QemuArguments.INITRD,
                initramfs.of(kernel, Bus.VIRTIO)));
        if (header.layered()) {
            files.put(QemuArguments.BASE, disk.base(plan));
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
        List<String> arguments = new QemuArguments(unit, plan, kvm, memory, header.layered()).list();
        arguments.addFirst(Host.QEMU);
        Files.deleteIfExists(unit.startLog());
        new Launcher(user, host.kvmGroup(), files).start(cgroups.joinFiles(unit.group()), unit.startLog(), arguments);
        Machine machine = awaitMonitor(unit);
        Placement.of(plan).apply(machine.pid(), machine.cpuThreads());
        awaitInit(unit, machine, kvm ? BOOT : EMULATED_BOOT);
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

    /** Returns when the image's init has taken over; refuses a machine that ends before, or takes too long. */
    private void awaitInit(Unit unit, Machine machine, Duration patience) {
        Thread guard = Thread.ofVirtual().start(() -> {
            try {
                for (long left = patience.toMillis(); left > 0 && Pids.alive(machine.pid()); left -= 50) {
                    Thread.sleep(50);
                }
                machine.agent().close(); // ends the wait
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        try {
            machine.agent().awaitReady();
        } catch (IOException e) {
            throw Refusal.conflict(
                    "instance",
                    "the machine " + (Pids.alive(machine.pid()) ? "did not come up" : "ended while it came up")
                            + unit.console().lastWords());
        } finally {
            guard.interrupt();
        }
    }

    private Cgroups.Limits limits(InstancePlan plan, long memory, boolean kvm) {
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

    private Machine running(Unit unit) {
        return machines.find(unit)
                .orElseThrow(() -> Refusal.conflict("instance", "instance \"" + unit.name() + "\" is not running"));
    }

    @Override
    public void stop(String name, Duration grace) {
        Unit unit = unit(name);
        machines.ignore(unit);
        try {
            Optional<Integer> pid = machines.pid(unit);
            if (grace.isPositive() && pid.isPresent()) {
                ask(unit, pid.get(), grace);
            }
            sweep(unit);
        } catch (LinuxException e) {
            throw Refusal.conflict("instance", "instance \"" + name + "\" cannot be stopped: " + e.getMessage());
        }
    }

    private void ask(Unit unit, int pid, Duration grace) {
        try {
            Machine machine = running(unit);
            machine.qmp().execute("cont", Map.of());
            machine.qmp().execute("system_powerdown", Map.of());
            machine.agent().halt();
            long deadline = System.nanoTime() + grace.toNanos();
            while (Pids.alive(pid) && System.nanoTime() - deadline < 0) {
                Thread.sleep(20);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | QmpException | Refusal e) {
            LOG.info("{} does not hear that it should shut down: {}", unit.name(), e.getMessage());
        }
    }

    /** Leaves no process, control group, socket or mount of a unit. */
    private void sweep(Unit unit) {
        machines.forget(unit);
        if (cgroups.exists(unit.group())) {
            cgroups.kill(unit.group());
            cgroups.delete(unit.group());
        }
        Inodes.deleteTree(unit.runtime());
        disk.release(unit);
    }

    @Override
    public void freeze(String name) {
        tell(name, "stop");
    }

    @Override
    public void thaw(String name) {
        tell(name, "cont");
    }

    private void tell(String name, String command) {
        try {
            running(unit(name)).qmp().execute(command, Map.of());
        } catch (QmpException e) {
            throw Refusal.unavailable("instance \"" + name + "\": " + e.getMessage());
        }
    }

    @Override
    public void limit(InstancePlan plan) {
        Unit unit = unit(plan.unit());
        attempt(plan, "its limits cannot be put into force", () -> {
            Optional<Machine> machine = machines.find(unit);
            if (machine.isPresent()) {
                long memory = Memory.guest(plan);
                Memory.balloon(machine.get(), memory);
                cgroups.limit(unit.group(), limits(plan, memory, host.kvm()));
                Placement.of(plan).apply(machine.get().pid(), machine.get().cpuThreads());
            }
        });
    }

    @Override
    public void delete(String name) {
        stop(name, Duration.ZERO);
        try {
            Inodes.deleteTree(unit(name).directory());
        } catch (LinuxException e) {
            throw Refusal.conflict("instance", "instance \"" + name + "\" cannot be deleted: " + e.getMessage());
        }
    }

    @Override
    public Observation observe(String name) {
        Unit unit = unit(name);
        Optional<Integer> pid = machines.pid(unit);
        if (pid.isEmpty()) {
            return Observation.STOPPED;
        }
        return new Observation(state(unit), pid, host.warning());
    }

    private InstanceState state(Unit unit) {
        try {
            return switch (running(unit).status()) {
                case "paused" -> InstanceState.FROZEN;
                case "shutdown", "guest-panicked" -> InstanceState.STOPPING;
                default -> InstanceState.RUNNING;
            };
        } catch (QmpException | Refusal e) {
            return InstanceState.STARTING; // its monitor does not answer yet, or not any more
        }
    }

    @Override
    public Set<String> inventory() {
        Set<String> names = new TreeSet<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(settings.directory())) {
            entries.forEach(entry -> names.add(String.valueOf(entry.getFileName())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (String slice : cgroups.children(settings.cgroupRoot())) {
            for (String group : cgroups.children(settings.cgroupRoot() + "/" + slice)) {
                if (group.endsWith(Unit.GROUP_SUFFIX)) {
                    names.add(slice + "." + group.substring(0, group.length() - Unit.GROUP_SUFFIX.length()));
                }
            }
        }
        names.removeIf(name -> Unit.find(settings, name).isEmpty());
        return names;
    }

    @Override
    public KernelView kernelView(String name) {
        Unit unit = unit(name);
        try {
            Machine machine = running(unit);
            Cgroups.Usage usage = cgroups.usage(unit.group());
            OptionalLong memory = cgroups.memoryLimit(unit.group());
            return new KernelView(
                    Placement.observed(machine.pid(), machine.cpuThreads()),
                    memory.isPresent() ? Optional.of(new ByteSize(memory.getAsLong())) : Optional.empty(),
                    new ByteSize(usage.memory()),
                    usage.cpuNanos(),
                    usage.processes(),
                    addresses(machine));
        } catch (LinuxException | QmpException e) {
            throw Refusal.unavailable("instance \"" + name + "\" cannot be looked at: " + e.getMessage());
        }
    }

    /** As the guest's kernel has them; none where its agent does not answer. */
    private static List<String> addresses(Machine machine) {
        if (!machine.status().equals("running")) {
            return List.of();
        }
        try (Session ip = machine.own("ip -o -4 address")) {
            Thread guard = Thread.ofVirtual().start(() -> {
                try {
                    Thread.sleep(ADDRESSES);
                    ip.close();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            String text = new String(ip.output().readAllBytes(), StandardCharsets.UTF_8);
            guard.interrupt();
            return ADDRESS.matcher(text)
                    .results()
                    .map((MatchResult m) -> m.group(1))
                    .filter(address -> !address.startsWith("127."))
                    .toList();
        } catch (IOException | Refusal e) {
            return List.of();
        }
    }

    @Override
    public Session exec(String name, ExecRequest request) {
        return running(unit(name)).exec(request);
    }

    @Override
    public Session console(String name) {
        Unit unit = unit(name);
        running(unit);
        if (!consoles.add(name)) {
            throw Refusal.conflict("console", "the console of instance \"" + name + "\" is in use");
        }
        try {
            return new ConsoleSession(Machine.channel(unit.socket("console")), () -> consoles.remove(name));
        } catch (IOException e) {
            consoles.remove(name);
            throw Refusal.unavailable("the console cannot be reached: " + e.getMessage());
        }
    }

    @Override
    public InputStream consoleLog(String name) {
        return unit(name).console().read();
    }

    @Override
    public void onExit(BiConsumer<String, String> listener) {
        machines.listen(listener);
    }
}
