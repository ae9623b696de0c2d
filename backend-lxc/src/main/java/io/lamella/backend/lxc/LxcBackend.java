package io.lamella.backend.lxc;

import io.lamella.compute.Backend;
import io.lamella.compute.InstancePlan;
import io.lamella.compute.Plug;
import io.lamella.compute.Root;
import io.lamella.compute.Session;
import io.lamella.linux.CgroupLayout;
import io.lamella.linux.Cgroups;
import io.lamella.linux.FibTrie;
import io.lamella.linux.Inodes;
import io.lamella.linux.LinuxException;
import io.lamella.linux.SubordinateIds;
import io.lamella.model.BackendInfo;
import io.lamella.model.BackendKind;
import io.lamella.model.ByteSize;
import io.lamella.model.CpuSet;
import io.lamella.model.InstanceSpec;
import io.lamella.model.InstanceState;
import io.lamella.model.KernelView;
import io.lamella.model.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Instances as unprivileged LXC containers. Each has a directory, and while it runs an overlay mounted in that
 * directory, two control groups and a monitor process of LXC's, all of which outlive the daemon.
 */
public final class LxcBackend implements Backend {
    private static final Logger LOG = LoggerFactory.getLogger(LxcBackend.class);
    private static final Path APPARMOR = Path.of("/sys/kernel/security/apparmor");
    private static final Path LXC_LOCKS = Path.of("/run/lxc/lock");
    private static final Duration TOOL_TIMEOUT = Duration.ofSeconds(20);
    private static final int PASS_FOR_ALL = 0711;

    private final LxcSettings settings;
    private final Cgroups cgroups;
    private final Optional<Liblxc> liblxc;
    private final Tools tools;
    private final Sessions sessions;
    private final RootDisk disk = new RootDisk();
    private final Exits exits = new Exits();
    private final Path seccomp;

    /** Makes the backend's directory and adopts the instances that run in it. Starts and ends none. */
    public LxcBackend(LxcSettings settings, Cgroups cgroups) {
        this.settings = settings;
        this.cgroups = cgroups;
        this.liblxc = Liblxc.load(settings.directory());
        this.tools = new Tools(settings.directory());
        this.sessions = new Sessions(tools);
        this.seccomp = settings.directory().resolve(".seccomp");
        try (InputStream policy = LxcBackend.class.getResourceAsStream("seccomp.policy")) {
            Files.createDirectories(settings.directory());
            Inodes.chmod(settings.directory(), PASS_FOR_ALL);
            tools.prepare(Files.isDirectory(APPARMOR));
            Files.write(seccomp, policy == null ? new byte[0] : policy.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        reserveIds();
        if (liblxc.isPresent()) {
            inventory().forEach(name -> adopt(unit(name)));
        }
    }

    /** Keeps useradd from giving the slices' ids to people. */
    private void reserveIds() {
        try {
            SubordinateIds.ensureRoot(
                    Path.of("/etc/subuid"),
                    Path.of("/etc/subgid"),
                    settings.ids().first(),
                    settings.ids().count());
        } catch (LinuxException e) {
            LOG.warn("the ids {} cannot be reserved for root", settings.ids(), e);
        }
    }

    private void adopt(Unit unit) {
        int init = lxc().initPid(unit.name());
        if (init > 0) {
            expectExit(unit, init);
        }
    }

    private void expectExit(Unit unit, int init) {
        // LXC removes the groups when it sees its container end; whoever killed LXC left them
        exits.expect(
                unit,
                monitor(init).orElse(init),
                () -> cgroups.exists(unit.group()) ? "its LXC monitor was killed" : "it ended by itself");
    }

    private static Optional<Integer> monitor(int init) {
        return ProcessHandle.of(init)
                .flatMap(ProcessHandle::parent)
                .map(ProcessHandle::pid)
                .filter(pid -> pid != 1)
                .map(Long::intValue);
    }

    private Unit unit(String name) {
        return Unit.of(settings, name);
    }

    private Liblxc lxc() {
        return liblxc.orElseThrow(() -> Refusal.unavailable(probe().detail()));
    }

    @Override
    public BackendKind kind() {
        return BackendKind.LXC;
    }

    @Override
    public BackendInfo probe() {
        if (liblxc.isEmpty()) {
            return new BackendInfo(kind(), false, "liblxc.so.1 is not installed");
        }
        List<String> missing = Tools.missing(Files.isDirectory(APPARMOR));
        return missing.isEmpty()
                ? new BackendInfo(kind(), true, liblxc.get().version())
                : new BackendInfo(kind(), false, String.join(", ", missing) + " is not installed");
    }

    @Override
    public Optional<String> objection(Root image) {
        return image instanceof Root.Disk ? Optional.of("a container cannot run a disk image") : Optional.empty();
    }

    @Override
    public Plug plug(InstancePlan plan) {
        return new Plug.Pair();
    }

    @Override
    public void create(InstancePlan plan) {
        try {
            disk.create(unit(plan.unit()), plan.slice().ids());
        } catch (IOException | LinuxException e) {
            throw failure(
                    "the directory of instance \"" + plan.instance().name() + "\" cannot be made: " + e.getMessage());
        }
    }

    @Override
    public void createFrom(InstancePlan plan, Path tree) {
        create(plan);
        withTree(plan, own -> Trees.copy(tree, own));
    }

    @Override
    public void withTree(InstancePlan plan, Consumer<Path> use) {
        Unit unit = unit(plan.unit());
        try {
            sweep(unit);
            disk.withTree(unit, plan.rootfs(), plan.slice().ids(), use);
        } catch (IOException | LinuxException e) {
            throw failure("the disk of instance \"" + plan.instance().name() + "\" cannot be read or written: "
                    + e.getMessage());
        }
    }

    @Override
    public void start(InstancePlan plan) {
        Unit unit = unit(plan.unit());
        if (running(unit)) {
            return;
        }
        try {
            sweep(unit); // what an instance leaves whose monitor was killed, or a machine that lost power
            launch(unit, plan);
        } catch (IOException | LinuxException e) {
            sweepAfter(unit, e);
            throw failure(sentence(plan, String.valueOf(e.getMessage())));
        } catch (RuntimeException e) {
            sweepAfter(unit, e);
            throw e;
        }
    }

    private static Refusal failure(String sentence) {
        boolean full = sentence.contains("No space left on device") || sentence.contains("Disk quota exceeded");
        return full ? Refusal.exhausted("disk", sentence) : Refusal.unavailable(sentence);
    }

    private static String sentence(InstancePlan plan, String reason) {
        return "instance \"" + plan.instance().name() + "\" could not be started: " + reason;
    }

    private void sweepAfter(Unit unit, Exception failure) {
        try {
            sweep(unit);
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    private void launch(Unit unit, InstancePlan plan) throws IOException {
        Cgroups.Limits limits = limits(plan);
        if (!Files.exists(unit.upper())) {
            create(plan);
        }
        if (!cgroups.exists(unit.sliceGroup())) {
            cgroups.createParent(unit.sliceGroup());
        }
        disk.mount(unit, plan.rootfs(), plan.slice().ids());
        LxcConfig config = new LxcConfig(
                unit,
                plan.slice().ids(),
                InitSystem.in(unit.rootfs()),
                cgroups.controlFiles(unit.sliceGroup(), limits),
                cgroups.mode() == CgroupLayout.Mode.V2,
                plan.ports(),
                Files.isDirectory(APPARMOR),
                seccomp);
        Files.writeString(unit.config(), config.text());
        for (Path log : new Path[] {unit.startLog(), unit.consoleLog(), unit.olderConsoleLog()}) {
            Files.deleteIfExists(log);
        }
        Optional<String> failure = tools.start(unit);
        if (failure.isPresent()) {
            throw failure(sentence(plan, failure.get()));
        }
        int init = lxc().initPid(unit.name());
        if (init <= 0) {
            throw Refusal.conflict(
                    "instance",
                    sentence(
                            plan, "its init ended at once" + ConsoleLog.of(unit).lastWords()));
        }
        expectExit(unit, init);
    }

    private Cgroups.Limits limits(InstancePlan plan) {
        InstanceSpec spec = plan.instance().spec();
        if (spec.memory().isPresent() && !cgroups.controllers().contains("memory")) {
            throw Refusal.unavailable("the memory of instance \"" + spec.name()
                    + "\" cannot be limited: the kernel has no memory controller");
        }
        return new Cgroups.Limits(
                plan.instance().cpus().toString(),
                spec.cpuWeight().orElse(100),
                spec.memory().stream().mapToLong(ByteSize::bytes).findFirst(),
                OptionalLong.of(spec.pids().orElse(InstanceSpec.DEFAULT_PIDS)));
    }

    private boolean running(Unit unit) {
        return !lxc().state(unit.name()).equals("STOPPED");
    }

    @Override
    public void stop(String name, Duration grace) {
        Unit unit = unit(name);
        exits.ignore(unit);
        try {
            if (liblxc.isPresent() && running(unit)) {
                end(unit, grace);
            }
            sweep(unit);
        } catch (LinuxException e) {
            throw Refusal.conflict("instance", "instance \"" + name + "\" cannot be stopped: " + e.getMessage());
        }
    }

    private void end(Unit unit, Duration grace) {
        int init = lxc().initPid(unit.name());
        Optional<Integer> monitor = init > 0
                ? monitor(init)
                : Optional.ofNullable(Monitors.find(settings.directory()).get(unit.name()));
        Shutdown shutdown = new Shutdown(unit, tools, cgroups);
        monitor.ifPresentOrElse(pid -> exits.once(pid, shutdown::ended), shutdown::ended);
        if (grace.isPositive() && init > 0) {
            if (frozen(lxc().state(unit.name()))) {
                thaw(unit.name());
            }
            shutdown.ask(grace);
        }
        if (cgroups.exists(unit.group())) {
            cgroups.kill(unit.group());
        }
        shutdown.awaitMonitor();
    }

    /** Leaves no process, control group or mount of a unit. */
    private void sweep(Unit unit) {
        for (String group : new String[] {unit.group(), unit.monitorGroup()}) {
            if (cgroups.exists(group)) {
                cgroups.kill(group);
                cgroups.delete(group);
            }
        }
        disk.unmount(unit);
    }

    @Override
    public void freeze(String name) {
        demandRunning(name);
        tell(name, "lxc-freeze");
    }

    @Override
    public void thaw(String name) {
        demandRunning(name);
        tell(name, "lxc-unfreeze");
    }

    private void tell(String name, String tool) {
        tools.run(TOOL_TIMEOUT, unit(name), tool).ifPresent(reason -> {
            throw Refusal.unavailable(tool + " of instance \"" + name + "\" failed: " + reason);
        });
    }

    private int demandRunning(String name) {
        int init = lxc().initPid(unit(name).name());
        if (init <= 0) {
            throw Refusal.conflict("instance", "instance \"" + name + "\" is not running");
        }
        return init;
    }

    @Override
    public void limit(InstancePlan plan) {
        Unit unit = unit(plan.unit());
        Cgroups.Limits limits = limits(plan);
        if (!cgroups.exists(unit.group())) {
            return;
        }
        try {
            cgroups.limit(unit.group(), limits);
            cgroups.setCpus(unit.innerGroup(), limits.cpus());
        } catch (LinuxException e) {
            throw Refusal.conflict(
                    "instance",
                    "the limits of instance \"" + plan.instance().name() + "\" cannot be put into force: "
                            + e.getMessage());
        }
    }

    @Override
    public void delete(String name) {
        Unit unit = unit(name);
        stop(name, Duration.ZERO);
        liblxc.ifPresent(lxc -> lxc.forget(name));
        try {
            Inodes.deleteTree(unit.directory());
            Files.deleteIfExists(LXC_LOCKS
                    .resolve(settings.directory().toString().substring(1))
                    .resolve("." + name));
        } catch (IOException | LinuxException e) {
            throw Refusal.conflict("instance", "instance \"" + name + "\" cannot be deleted: " + e.getMessage());
        }
    }

    @Override
    public Observation observe(String name) {
        Unit unit = unit(name);
        if (liblxc.isEmpty()) {
            return Observation.STOPPED;
        }
        String word = lxc().state(unit.name());
        int init = word.equals("STOPPED") ? 0 : lxc().initPid(unit.name());
        return init <= 0 ? Observation.STOPPED : new Observation(state(word), Optional.of(init));
    }

    private static InstanceState state(String word) {
        if (frozen(word)) {
            return InstanceState.FROZEN;
        }
        return switch (word) {
            case "STARTING" -> InstanceState.STARTING;
            case "STOPPING", "ABORTING" -> InstanceState.STOPPING;
            default -> InstanceState.RUNNING;
        };
    }

    private static boolean frozen(String word) {
        return word.equals("FROZEN") || word.equals("FREEZING");
    }

    @Override
    public Set<String> inventory() {
        return Inventory.of(settings, cgroups);
    }

    @Override
    public KernelView kernelView(String name) {
        int init = demandRunning(name);
        String group = unit(name).group();
        try {
            Cgroups.Usage usage = cgroups.usage(group);
            OptionalLong memory = cgroups.memoryLimit(group);
            return new KernelView(
                    CpuSet.parse("cpus", cgroups.effectiveCpus(group)),
                    memory.isPresent() ? Optional.of(new ByteSize(memory.getAsLong())) : Optional.empty(),
                    new ByteSize(usage.memory()),
                    usage.cpuNanos(),
                    usage.processes(),
                    FibTrie.localAddresses(init));
        } catch (LinuxException e) {
            demandRunning(name); // it may have ended meanwhile
            throw e;
        }
    }

    @Override
    public Session exec(String name, ExecRequest request) {
        demandRunning(name);
        return sessions.exec(unit(name), request);
    }

    @Override
    public Session console(String name) {
        demandRunning(name);
        return sessions.console(unit(name));
    }

    @Override
    public InputStream consoleLog(String name) {
        return ConsoleLog.of(unit(name)).read();
    }

    @Override
    public void onExit(BiConsumer<String, String> listener) {
        exits.listen(listener);
    }
}
