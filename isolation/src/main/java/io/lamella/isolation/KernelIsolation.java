package io.lamella.isolation;

import io.lamella.compute.Isolator;
import io.lamella.linux.CgroupLayout;
import io.lamella.linux.Cgroups;
import io.lamella.linux.CpuTree;
import io.lamella.linux.Hardware;
import io.lamella.linux.LinuxException;
import io.lamella.model.BootParameters;
import io.lamella.model.CpuSet;
import io.lamella.model.CpuTopology;
import io.lamella.model.GateRun;
import io.lamella.model.IsolationOrder;
import io.lamella.model.IsolationReport;
import io.lamella.model.IsolationReport.State;
import io.lamella.model.IsolationReport.Step;
import io.lamella.model.Refusal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Isolation by the {@link Checklist}, with a {@link Journal} of what was before. */
public final class KernelIsolation implements Isolator {
    private static final Logger LOG = LoggerFactory.getLogger(KernelIsolation.class);
    private static final Path PROC = Path.of("/proc");
    private static final Path SYS = Path.of("/sys");

    private final Cgroups cgroups;
    private final String root;
    private final Journal journal;

    /**
     * @param root the name of the group that holds all slices' groups; where no slice is named the CPUs belong to the
     *     group {@code root.isolated} beside it
     * @param journal a file that survives a reboot
     */
    public KernelIsolation(Cgroups cgroups, String root, Path journal) {
        this.cgroups = cgroups;
        this.root = root;
        this.journal = new Journal(journal);
    }

    /** The CPUs that no slice may have. */
    public synchronized CpuSet withheld() {
        return inForce()
                .filter(o -> o.slice().isEmpty())
                .map(IsolationOrder::cpus)
                .orElse(CpuSet.EMPTY);
    }

    @Override
    public CpuTopology topology() {
        return new CpuTopology(CpuTree.read(SYS).stream()
                .map(c -> new CpuTopology.Cpu(c.number(), c.online(), c.socket(), c.core(), c.node(), c.efficient()))
                .toList());
    }

    private String group(IsolationOrder order) {
        return order.slice().map(s -> root + "/" + s).orElse(root + ".isolated");
    }

    private Scene scene(IsolationOrder order) {
        String group = group(order);
        Optional<Path> unified = cgroups.mode() == CgroupLayout.Mode.V2 ? cgroups.unified() : Optional.empty();
        return new Scene(
                PROC,
                SYS,
                unified,
                group,
                () -> cgroups.exists(group) ? cgroups.processes(group) : Set.of(),
                topology(),
                order);
    }

    private static List<Action> actions(IsolationOrder order) {
        return Checklist.ACTIONS.stream()
                .filter(a -> a.from().compareTo(order.profile()) <= 0)
                .toList();
    }

    @Override
    public synchronized IsolationReport plan(IsolationOrder order) {
        check();
        return report(order, State.PLANNED, refused());
    }

    @Override
    public synchronized Optional<IsolationReport> verify() {
        return inForce().map(order -> report(order, State.DRIFTED, refused()));
    }

    private Map<String, String> refused() {
        return journal.read().map(Journal.Content::refused).orElse(Map.of());
    }

    private IsolationReport report(IsolationOrder order, State open, Map<String, String> refused) {
        Scene scene = scene(order);
        List<Step> steps = actions(order).stream()
                .map(a -> Steps.of(a, a.look().apply(scene), open, refused))
                .toList();
        return new IsolationReport(order.profile(), order.cpus(), scene.housekeeping(), order.slice(), steps);
    }

    @Override
    public synchronized Optional<IsolationOrder> inForce() {
        return journal.read().filter(Journal.Content::complete).map(Journal.Content::order);
    }

    @Override
    public synchronized IsolationReport apply(IsolationOrder order) {
        check();
        Optional<IsolationOrder> other = inForce();
        if (other.isPresent() && !other.get().equals(order)) {
            throw Refusal.conflict(
                    "cpus",
                    "CPUs " + other.get().cpus() + " are isolated with profile "
                            + other.get().profile() + " already: undo that first");
        }
        try {
            if (other.isEmpty()) {
                takeBack();
                journal.begin(Hardware.bootId(), order);
            }
            return carryOut(order);
        } catch (LinuxException e) {
            takeBack();
            throw Refusal.unavailable("the CPUs cannot be isolated: " + e.getMessage());
        }
    }

    private IsolationReport carryOut(IsolationOrder order) {
        Scene scene = scene(order);
        List<Step> steps = new ArrayList<>();
        for (Action action : actions(order)) {
            Applying applying = new Applying(action, scene, journal);
            boolean changed = applying.run();
            Step step = Steps.of(action, action.look().apply(scene), State.DRIFTED, applying.refused());
            boolean applied = changed && step.state() == State.VERIFIED;
            steps.add(applied ? Steps.in(step, State.APPLIED) : step);
        }
        journal.complete();
        return new IsolationReport(order.profile(), order.cpus(), scene.housekeeping(), order.slice(), steps);
    }

    /** What makes isolation impossible here, before anything is touched. */
    private void check() {
        if (!cgroups.controllers().contains("cpuset")) {
            throw Refusal.unavailable("the kernel has no cpusets (CONFIG_CPUSETS): no CPU can be isolated");
        }
        for (Path file :
                List.of(SYS.resolve("devices/virtual/workqueue/cpumask"), PROC.resolve("irq/default_smp_affinity"))) {
            if (Files.exists(file) && !Files.isWritable(file)) {
                throw Refusal.unavailable(file + " cannot be written, because " + file.getRoot() + file.getName(0)
                        + " is mounted read-only or the daemon is not root: no CPU can be isolated");
            }
        }
    }

    @Override
    public synchronized Optional<IsolationReport> undo() {
        Optional<Journal.Content> content = journal.read();
        if (content.isEmpty()) {
            return Optional.empty();
        }
        IsolationOrder order = content.get().order();
        List<Step> steps = takeBack();
        return Optional.of(new IsolationReport(
                order.profile(), order.cpus(), topology().online().minus(order.cpus()), order.slice(), steps));
    }

    /** Gives back what the journal of this boot names, the last change first, and ends the journal. */
    private List<Step> takeBack() {
        Optional<Journal.Content> content = journal.read();
        List<Step> steps = new ArrayList<>();
        if (content.isPresent() && content.get().boot().equals(Hardware.bootId())) {
            journal.withdraw();
            List<Journal.Before> before = lasting(content.get().before());
            int restored = 0;
            for (Journal.Before value : before.reversed()) {
                try {
                    restored += restore(value) ? 1 : 0;
                } catch (LinuxException e) {
                    LOG.warn("{} keeps its value, and had {}: {}", value.key(), value.value(), e.getMessage());
                    steps.add(new Step(
                            value.key(), State.DRIFTED, value.value(), String.valueOf(e.getMessage()), "", ""));
                }
            }
            steps.add(new Step("undo", State.APPLIED, before.size() + " values", restored + " written back", "", ""));
        }
        journal.delete();
        return steps;
    }

    /** Without the files of groups that are removed: a group with processes would not let go of its CPUs. */
    private static List<Journal.Before> lasting(List<Journal.Before> before) {
        List<Path> gone = before.stream()
                .filter(b -> b.value().equals(Knob.ABSENT) && Knob.of(b.key()) instanceof Knob.Group)
                .map(b -> ((Knob.Group) Knob.of(b.key())).directory())
                .toList();
        return before.stream()
                .filter(b -> !(Knob.of(b.key()) instanceof Knob.Text t)
                        || gone.stream().noneMatch(t.file()::startsWith))
                .toList();
    }

    /** False where it has that value already, or is gone. */
    private static boolean restore(Journal.Before before) {
        Knob knob = Knob.of(before.key());
        Optional<String> now = knob.read();
        if (now.isEmpty() || now.get().equals(before.value())) {
            return false;
        }
        knob.write(before.value());
        return true;
    }

    @Override
    public BootParameters bootParameters(IsolationOrder order) {
        return CommandLine.of(scene(order));
    }

    /** Takes as long as it measures, and stops nobody else meanwhile. */
    @Override
    public GateRun measure(IsolationOrder order, int seconds) {
        return new Gate(cgroups, group(order), order).measure(seconds);
    }

    @Override
    public synchronized void recover() {
        Optional<Journal.Content> content = journal.read();
        if (content.isEmpty()) {
            journal.delete();
            return;
        }
        IsolationOrder order = content.get().order();
        if (!content.get().complete()) {
            LOG.info("the isolation of CPUs {} was not finished and is taken back", order.cpus());
            takeBack();
        } else if (!content.get().boot().equals(Hardware.bootId())) {
            LOG.info("CPUs {} are isolated again after a reboot", order.cpus());
            journal.delete();
            apply(order);
        }
    }
}
