package io.lamella.backend.kvm;

import io.lamella.compute.Backend;
import io.lamella.compute.InstancePlan;
import io.lamella.compute.Plug;
import io.lamella.compute.Root;
import io.lamella.compute.Session;
import io.lamella.guest.GuestKernel;
import io.lamella.linux.Cgroups;
import io.lamella.linux.Inodes;
import io.lamella.linux.LinuxException;
import io.lamella.linux.Pids;
import io.lamella.model.BackendInfo;
import io.lamella.model.BackendKind;
import io.lamella.model.ByteSize;
import io.lamella.model.InstanceSpec;
import io.lamella.model.InstanceState;
import io.lamella.model.KernelView;
import io.lamella.model.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Instances as virtual machines of QEMU. Each has a directory with its disk, and while it runs a control group, a
 * directory for sockets and a QEMU process that is nobody's child, all of which outlive the daemon.
 */
public final class KvmBackend implements Backend, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KvmBackend.class);
    private static final long LOG_INTERVAL_MILLIS = 5000;
    private static final int PASS_FOR_ALL = 0711;

    private final KvmSettings settings;
    private final Cgroups cgroups;
    private final Host host;
    private final Machines machines;
    private final Disk disk = new Disk();
    private final Starter starter;
    private final Thread cutter;
    private final Set<String> consoles = ConcurrentHashMap.newKeySet();

    /** Makes the backend's directories and adopts the instances that run in it. Starts and ends none. */
    public KvmBackend(KvmSettings settings, Cgroups cgroups) {
        this.settings = settings;
        this.cgroups = cgroups;
        this.host = new Host(settings.acceleration());
        this.machines = new Machines(cgroups);
        this.starter = new Starter(settings, cgroups, host, machines, disk);
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
            case Root.Disk disk -> Ovmf.boots(disk) ? Ovmf.missing() : Optional.empty();
            case Root.Tree tree ->
                settings.kernel().isPresent()
                                || GuestKernel.newest(tree.directory()).isPresent()
                        ? Optional.empty()
                        : Optional.of(GuestKernel.missing());
        };
    }

    @Override
    public Optional<String> objection(InstanceSpec spec) {
        return Optional.empty();
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
                starter.launch(unit, plan);
            } catch (IOException | RuntimeException e) {
                sweep(unit);
                throw e;
            }
        });
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

    @Override
    public void reset(String name) {
        Unit unit = unit(name);
        try {
            Machine machine = running(unit);
            machine.agent().forgetSessions();
            machine.qmp().execute("system_reset", Map.of());
            machine.qmp().execute("cont", Map.of());
            starter.awaitInit(unit, machine);
        } catch (QmpException | Refusal e) {
            machines.forget(unit); // its channels are in no known state
            throw e instanceof Refusal refusal
                    ? refusal
                    : Refusal.unavailable("instance \"" + name + "\" cannot be reset: " + e.getMessage());
        }
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
                Memory.balloon(machine.get(), plan, memory);
                cgroups.limit(unit.group(), starter.limits(plan, memory, host.kvm()));
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
                    machine.status().equals("running") ? machine.agent().addresses() : List.of());
        } catch (LinuxException | QmpException e) {
            throw Refusal.unavailable("instance \"" + name + "\" cannot be looked at: " + e.getMessage());
        }
    }

    @Override
    public Session exec(String name, ExecRequest request) {
        return running(unit(name)).agent().exec(request);
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
