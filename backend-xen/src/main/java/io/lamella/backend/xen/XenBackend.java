package io.lamella.backend.xen;

import io.lamella.compute.Backend;
import io.lamella.compute.InstancePlan;
import io.lamella.compute.Plug;
import io.lamella.compute.Root;
import io.lamella.compute.Session;
import io.lamella.guest.Boot;
import io.lamella.guest.GuestKernel;
import io.lamella.linux.Cgroups;
import io.lamella.linux.Inodes;
import io.lamella.linux.LinuxException;
import io.lamella.linux.Pids;
import io.lamella.model.BackendInfo;
import io.lamella.model.BackendKind;
import io.lamella.model.ByteSize;
import io.lamella.model.CpuSet;
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
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Instances as domains of Xen, PVH where the processor can and PV otherwise. Each has a directory with its disk, and
 * while it runs a domain, a directory for sockets and a control group with the processes that serve it, all of which
 * outlive the daemon.
 */
public final class XenBackend implements Backend, AutoCloseable {
    private static final int LAUNCHES = 3;
    /** To go once lab/tests/xen.sh passes. */
    private static final String UNPROVEN = "experimental: its test on a real Xen has not passed yet";

    private static final Logger LOG = LoggerFactory.getLogger(XenBackend.class);
    private static final Duration BOOT = Duration.ofMinutes(5);
    private static final Duration END = Duration.ofSeconds(30);
    private static final Duration QUIET = Duration.ofSeconds(5);
    private static final long LOG_INTERVAL_MILLIS = 5000;
    private static final int PASS_FOR_ALL = 0711;

    private final XenSettings settings;
    private final Cgroups cgroups;
    private final Host host = new Host();
    private final Domains domains;
    private final Traces traces;
    private final Launcher launcher;
    private final Disk disk = new Disk();
    private final Thread cutter;

    /** Makes the backend's directories and adopts the instances that run in it. Starts and ends none. */
    public XenBackend(XenSettings settings, Cgroups cgroups) {
        this.settings = settings;
        this.cgroups = cgroups;
        this.domains = new Domains(cgroups);
        this.traces = new Traces(settings, cgroups, host);
        this.launcher = new Launcher(settings, cgroups, host);
        try {
            for (Path directory : Set.of(settings.directory(), settings.run())) {
                Files.createDirectories(directory);
                Inodes.chmod(directory, PASS_FOR_ALL);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        adopt();
        cutter = Thread.ofVirtual().name("xen-console-logs").start(this::cutLogs);
    }

    /** An end that is not reported because of trouble here is found when the node is repaired. */
    private void adopt() {
        try {
            for (String name : inventory()) {
                if (domain(unit(name)).isPresent()) {
                    domains.expect(unit(name));
                }
            }
        } catch (XlException | Refusal e) {
            LOG.warn("which instances run on Xen is not known: {}", e.getMessage());
        }
    }

    private void cutLogs() {
        try {
            while (true) {
                Thread.sleep(LOG_INTERVAL_MILLIS);
                for (String name : traces.directories()) {
                    Unit.find(settings, name).ifPresent(unit -> unit.console().cut());
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
        return BackendKind.XEN;
    }

    @Override
    public BackendInfo probe() {
        Optional<String> obstacle = host.obstacle();
        if (obstacle.isPresent()) {
            return new BackendInfo(kind(), false, obstacle.get());
        }
        try {
            return new BackendInfo(
                    kind(), true, "Xen " + host.version() + ", " + (host.pvh() ? "PVH" : "PV"), Optional.of(UNPROVEN));
        } catch (XlException e) {
            return new BackendInfo(kind(), false, "xl does not work here: " + e.getMessage());
        }
    }

    @Override
    public Optional<String> objection(Root image) {
        return switch (image) {
            case Root.Disk unsuited -> Optional.of("it is a disk image");
            case Root.Tree tree ->
                settings.kernel().isPresent()
                                || GuestKernel.newest(tree.directory()).isPresent()
                        ? Optional.empty()
                        : Optional.of(GuestKernel.missing());
        };
    }

    /** The driver of the domain's interface makes the device. */
    @Override
    public Plug plug(InstancePlan plan) {
        return new Plug.Own();
    }

    @Override
    public void create(InstancePlan plan) {
        attempt(plan, "the disk cannot be made", () -> disk.create(unit(plan.unit()), plan));
    }

    @Override
    public void createFrom(InstancePlan plan, Path tree) {
        attempt(plan, "the disk cannot be made", () -> disk.createFrom(unit(plan.unit()), tree));
    }

    @Override
    public void withTree(InstancePlan plan, Consumer<Path> use) {
        attempt(plan, "the disk cannot be read", () -> disk.withTree(unit(plan.unit()), use));
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void attempt(InstancePlan plan, String trouble, Work work) {
        try {
            work.run();
        } catch (IOException | LinuxException | XlException e) {
            throw Disk.failure("instance \"" + plan.instance().name() + "\": " + trouble + ": " + e.getMessage());
        }
    }

    @Override
    public void start(InstancePlan plan) {
        Unit unit = unit(plan.unit());
        if (domain(unit).isPresent()) {
            return;
        }
        if (!plan.ports().isEmpty() && !plan.offload()) {
            throw Refusal.unavailable("instance \"" + plan.instance().name()
                    + "\": the networks of Xen instances need Open vSwitch's datapath in the kernel, which this node has"
                    + " not");
        }
        attempt(plan, "it could not be started", () -> {
            try {
                launchPatiently(unit, plan);
            } catch (IOException | RuntimeException e) {
                sweep(unit);
                throw e;
            }
        });
    }

    /**
     * libxl gives its QEMU ten seconds for an answer. A slow or busy node may need them to read that program from the
     * disk; the next time it has it in memory.
     */
    private void launchPatiently(Unit unit, InstancePlan plan) throws IOException {
        for (int left = LAUNCHES; ; left--) {
            sweep(unit);
            try {
                launch(unit, plan);
                return;
            } catch (XlException e) {
                if (left == 1 || !e.timedOut()) {
                    throw e;
                }
                LOG.info("{} is started once more: {}", unit.domain(), e.getMessage());
            }
        }
    }

    private void launch(Unit unit, InstancePlan plan) throws IOException {
        GuestKernel kernel =
                GuestKernel.of(new Root.Tree(plan.rootfs(), plan.root().derived()), settings.kernel());
        disk.create(unit, plan);
        launcher.create(unit, plan, kernel);
        XlText.Domain domain = running(unit);
        launcher.logConsole(unit, terminal(domain));
        Machine machine = domains.machine(unit, domain);
        Xl.run("unpause", unit.domain());
        Boot.await(
                "the domain",
                BOOT,
                () -> domains.watcher(unit).isPresent(),
                () -> machine.agent().awaitReady(),
                () -> machine.agent().close(),
                () -> unit.console().lastWords());
        domains.expect(unit);
    }

    /** The device behind which xenconsoled has the domain's console. */
    private static Path terminal(XlText.Domain domain) {
        String path = Xl.run(END, List.of("xenstore-read", "/local/domain/" + domain.id() + "/console/tty"))
                .strip();
        if (!path.matches("/dev/pts/\\d{1,9}")) {
            throw new XlException("the domain's console is no terminal: \"" + path + "\"");
        }
        return Path.of(path);
    }

    /** The unit's domain; empty where it has none, and on a machine that can have none. */
    private Optional<XlText.Domain> domain(Unit unit) {
        try {
            return host.obstacle().isPresent() ? Optional.empty() : Xl.domain(unit.domain());
        } catch (XlException e) {
            throw Refusal.unavailable("the domains of this node are not known: " + e.getMessage());
        }
    }

    private XlText.Domain running(Unit unit) {
        return domain(unit)
                .orElseThrow(() -> Refusal.conflict("instance", "instance \"" + unit.name() + "\" is not running"));
    }

    @Override
    public void stop(String name, Duration grace) {
        Unit unit = unit(name);
        domains.ignore(unit);
        try {
            if (grace.isPositive()) {
                domain(unit).ifPresent(domain -> ask(unit, domain, grace));
            }
            sweep(unit);
        } catch (LinuxException | XlException e) {
            throw Refusal.conflict("instance", "instance \"" + name + "\" cannot be stopped: " + e.getMessage());
        }
    }

    private void ask(Unit unit, XlText.Domain domain, Duration grace) {
        try {
            if (domain.paused()) {
                Xl.run("unpause", unit.domain());
            }
            Xl.run("shutdown", unit.domain());
            Optional<Integer> watcher = domains.watcher(unit);
            long deadline = System.nanoTime() + grace.toNanos();
            while (System.nanoTime() - deadline < 0
                    && (watcher.isPresent()
                            ? Pids.alive(watcher.get())
                            : domain(unit).isPresent())) {
                Thread.sleep(50);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (XlException e) {
            LOG.info("{} does not hear that it should shut down: {}", unit.name(), e.getMessage());
        }
    }

    /** Leaves no domain, process, control group, socket or mount of a unit. */
    private void sweep(Unit unit) {
        domains.forget(unit);
        if (domain(unit).isPresent()) {
            Xl.run(END, List.of("xl", "destroy", unit.domain()));
            await(END, () -> domain(unit).isEmpty());
        }
        if (cgroups.exists(unit.group())) {
            await(QUIET, () -> cgroups.processes(unit.group()).isEmpty()); // they end with their domain
            cgroups.kill(unit.group());
            cgroups.delete(unit.group());
        }
        Inodes.deleteTree(unit.runtime());
        disk.release(unit);
    }

    private static void await(Duration patience, BooleanSupplier what) {
        long deadline = System.nanoTime() + patience.toNanos();
        try {
            while (!what.getAsBoolean() && System.nanoTime() - deadline < 0) {
                Thread.sleep(50);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void freeze(String name) {
        if (!running(unit(name)).paused()) { // xl counts how often
            tell(name, "pause");
        }
    }

    @Override
    public void thaw(String name) {
        if (running(unit(name)).paused()) {
            tell(name, "unpause");
        }
    }

    private void tell(String name, String command) {
        try {
            Xl.run(command, unit(name).domain());
        } catch (XlException e) {
            throw Refusal.unavailable("instance \"" + name + "\": " + e.getMessage());
        }
    }

    @Override
    public void limit(InstancePlan plan) {
        Unit unit = unit(plan.unit());
        attempt(plan, "its limits cannot be put into force", () -> {
            Optional<XlText.Domain> domain = domain(unit);
            if (domain.isPresent()) {
                new Bounds(host, unit, plan).apply(domain.get());
                launcher.limit(unit, plan);
            }
        });
    }

    @Override
    public void delete(String name) {
        stop(name, Duration.ZERO);
        Unit unit = unit(name);
        try {
            Inodes.deleteTree(unit.directory());
            traces.deleteLogs(unit);
        } catch (IOException | LinuxException e) {
            throw Refusal.conflict("instance", "instance \"" + name + "\" cannot be deleted: " + e.getMessage());
        }
    }

    @Override
    public Observation observe(String name) {
        Unit unit = unit(name);
        return domain(unit)
                .map(domain -> new Observation(state(domain), domains.watcher(unit)))
                .orElse(Observation.STOPPED);
    }

    private static InstanceState state(XlText.Domain domain) {
        if (domain.ended()) {
            return InstanceState.STOPPING;
        }
        return domain.paused() ? InstanceState.FROZEN : InstanceState.RUNNING;
    }

    @Override
    public Set<String> inventory() {
        return traces.units();
    }

    @Override
    public KernelView kernelView(String name) {
        Unit unit = unit(name);
        try {
            XlText.Domain domain = running(unit);
            Optional<CpuSet> affinity = XlText.affinity(Xl.run("vcpu-list", unit.domain()));
            Guest guest = domain.paused() || domain.ended() ? Guest.SILENT : Guest.of(domains.machine(unit, domain));
            ByteSize memory = ByteSize.mebibytes(domain.mebibytes());
            return new KernelView(
                    affinity.orElseGet(host::cpus),
                    Optional.of(memory),
                    memory,
                    domain.cpuNanos(),
                    guest.processes(),
                    guest.addresses());
        } catch (XlException e) {
            throw Refusal.unavailable("instance \"" + name + "\" cannot be looked at: " + e.getMessage());
        }
    }

    @Override
    public Session exec(String name, ExecRequest request) {
        Unit unit = unit(name);
        XlText.Domain domain = running(unit);
        if (domain.paused()) {
            throw Refusal.conflict("instance", "instance \"" + name + "\" is frozen");
        }
        try {
            return domains.machine(unit, domain).exec(request);
        } catch (XlException e) {
            throw Refusal.unavailable("instance \"" + name + "\": " + e.getMessage());
        }
    }

    @Override
    public Session console(String name) {
        Unit unit = unit(name);
        try {
            return new ConsoleSession(terminal(running(unit)), unit.consoleLog());
        } catch (IOException | XlException e) {
            throw Refusal.unavailable("the console cannot be reached: " + e.getMessage());
        }
    }

    @Override
    public InputStream consoleLog(String name) {
        return unit(name).console().read();
    }

    @Override
    public void onExit(BiConsumer<String, String> listener) {
        domains.listen(listener);
    }

    /** Lets go of everything; the instances run on. */
    @Override
    public void close() {
        cutter.interrupt();
        domains.close();
    }
}
