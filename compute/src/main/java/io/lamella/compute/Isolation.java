package io.lamella.compute;

import io.lamella.model.BootParameters;
import io.lamella.model.CorePlan;
import io.lamella.model.CoreRequest;
import io.lamella.model.CpuRequest;
import io.lamella.model.CpuSet;
import io.lamella.model.GateReport;
import io.lamella.model.GateRequest;
import io.lamella.model.GateRun;
import io.lamella.model.IsolationOrder;
import io.lamella.model.IsolationProfile;
import io.lamella.model.IsolationReport;
import io.lamella.model.IsolationRequest;
import io.lamella.model.NumaPolicy;
import io.lamella.model.Phase;
import io.lamella.model.Refusal;
import io.lamella.model.Slice;
import io.lamella.store.Kind;
import io.lamella.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps CPUs free of everything else, as far as slices' CPUs allow. Safe for use by several threads. */
public final class Isolation {
    private static final Logger LOG = LoggerFactory.getLogger(Isolation.class);
    private static final String OURS = "isolation";

    private final Store store;
    private final Isolator isolator;
    private final Slices slices;
    private final Events events;
    private final ReentrantLock lock = new ReentrantLock();
    private List<String> drifted = List.of();

    Isolation(Store store, Isolator isolator, Slices slices, Events events) {
        this.store = store;
        this.isolator = isolator;
        this.slices = slices;
        this.events = events;
    }

    public IsolationReport plan(IsolationRequest request) {
        return isolator.plan(order(request));
    }

    public IsolationReport apply(IsolationRequest request) {
        lock.lock();
        try {
            IsolationOrder order = order(request);
            IsolationReport report = isolator.apply(order);
            slices.refit(); // those without CPUs of their own may have run there
            events.publish(
                    "isolation.applied",
                    order.slice().orElse(""),
                    order.cpus().toString(),
                    "CPUs " + order.cpus() + " are kept free with profile " + order.profile());
            return report;
        } finally {
            lock.unlock();
        }
    }

    public IsolationReport verify() {
        return isolator.verify().orElseThrow(Isolation::nothing);
    }

    public IsolationReport undo() {
        lock.lock();
        try {
            IsolationReport report = isolator.undo().orElseThrow(Isolation::nothing);
            slices.refit();
            events.publish(
                    "isolation.undone",
                    report.slice().orElse(""),
                    report.cpus().toString(),
                    "CPUs " + report.cpus() + " are like all others again");
            return report;
        } finally {
            lock.unlock();
        }
    }

    public BootParameters bootParameters(IsolationRequest request) {
        return isolator.bootParameters(order(request));
    }

    /** Measures the CPUs that are isolated and compares them with their baseline, or makes this their baseline. */
    public GateReport gate(GateRequest request) {
        lock.lock(); // what is measured stays as it is
        try {
            IsolationOrder order = isolator.inForce().orElseThrow(Isolation::nothing);
            String key = GateRun.key(order.profile(), order.cpus());
            Optional<GateRun> baseline = store.get(Kind.BASELINE, key);
            if (baseline.isEmpty() && !request.recording()) {
                throw Refusal.conflict(
                        "baseline",
                        "CPUs " + order.cpus() + " have no baseline with profile " + order.profile()
                                + ": record one first, as with lamella isolate gate --record");
            }
            GateRun run = isolator.measure(order, request.secondsOrDefault());
            if (request.recording()) {
                store.transact(t -> {
                    t.put(Kind.BASELINE, run);
                    return run;
                });
                return GateReport.recorded(run, request.factorOrDefault());
            }
            GateReport report = GateReport.compare(run, baseline.orElseThrow(), request.factorOrDefault());
            if (!report.passed()) {
                events.publish(
                        "isolation.slower",
                        order.slice().orElse(""),
                        order.cpus().toString(),
                        "worse than the baseline: " + String.join(", ", report.worse()));
            }
            return report;
        } finally {
            lock.unlock();
        }
    }

    /** Takes back what was half done when the daemon died, and does again what a reboot took away. */
    public void recover() {
        lock.lock();
        try {
            isolator.recover();
        } catch (Refusal e) {
            LOG.error("the isolation is not in force: {}", e.getMessage());
        } finally {
            lock.unlock();
        }
    }

    /** Looks whether what is in force still holds, and tells of it once where that changed. */
    public void watch() {
        lock.lock();
        try {
            isolator.verify().ifPresent(this::tell);
        } catch (RuntimeException e) { // the next look may succeed
            LOG.warn("the isolation could not be verified", e);
        } finally {
            lock.unlock();
        }
    }

    private void tell(IsolationReport report) {
        List<String> now = report.steps().stream()
                .filter(s -> s.state() == IsolationReport.State.DRIFTED)
                .map(s -> s.action() + " (" + s.found() + ")")
                .toList();
        if (!now.equals(drifted)) {
            String message = now.isEmpty()
                    ? "everything is as it was applied again"
                    : "not as it was applied any more: " + String.join(", ", now);
            events.publish(
                    now.isEmpty() ? "isolation.repaired" : "isolation.drifted",
                    report.slice().orElse(""),
                    report.cpus().toString(),
                    message);
            LOG.warn("isolation of CPUs {}: {}", report.cpus(), message);
        }
        drifted = now;
    }

    /** Before the node is removed: gives back what isolation took, where there is one. */
    public void end() {
        isolator.undo();
    }

    private static Refusal nothing() {
        return Refusal.notFound("isolation", "in force");
    }

    /** Decides on the CPUs: those that slices have for themselves are theirs. */
    private IsolationOrder order(IsolationRequest request) {
        List<Slice> all = store.list(Kind.SLICE);
        Optional<Slice> owner = request.slice().map(name -> owner(name, all));
        List<CoreRequest> requests = new ArrayList<>();
        for (Slice slice : all) {
            if (slice.dedicated() && !slice.cpus().isEmpty() && !request.slice().equals(Optional.of(slice.name()))) {
                requests.add(new CoreRequest(
                        slice.name(),
                        IsolationProfile.DEDICATED,
                        Optional.of(new CpuRequest.Exactly(slice.cpus())),
                        false,
                        1,
                        NumaPolicy.ANY));
            }
        }
        CpuRequest cpus = owner.<CpuRequest>map(s -> new CpuRequest.Exactly(s.cpus()))
                .or(request::cpus)
                .orElseThrow();
        requests.add(request.asCoreRequest(OURS, cpus));
        Map<String, CpuSet> current =
                isolator.inForce().map(order -> Map.of(OURS, order.cpus())).orElse(Map.of());
        CorePlan.Grant grant =
                CorePlan.of(isolator.topology(), requests, current).grants().getLast();
        if (owner.isPresent() && !grant.idle().isEmpty()) {
            throw Refusal.conflict(
                    "slice",
                    "slice \"" + owner.get().name() + "\" has CPUs " + grant.cpus() + ", whose cores' other threads "
                            + grant.idle() + " are not its own: give it those too, or ask for no full cores");
        }
        return new IsolationOrder(request.profileOrDefault(), grant.cpus().union(grant.idle()), owner.map(Slice::name));
    }

    private static Slice owner(String name, List<Slice> all) {
        Slice slice = all.stream()
                .filter(s -> s.name().equals(name) && s.phase() == Phase.PRESENT)
                .findFirst()
                .orElseThrow(() -> Refusal.notFound("slice", name));
        if (!slice.dedicated()) {
            throw Refusal.conflict(
                    "slice",
                    "slice \"" + name + "\" has no CPUs of its own: give it some first, as with lamella slice set "
                            + name + " cpus=1");
        }
        return slice;
    }
}
