package io.lamella.compute;

import io.lamella.model.Instance;
import io.lamella.model.InstanceState;
import io.lamella.model.Phase;
import io.lamella.model.Port;
import io.lamella.model.Refusal;
import io.lamella.model.Slice;
import io.lamella.store.Kind;
import io.lamella.store.Store;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings kernel, switch and records together: wholly when the daemon starts, and again and again while it runs. */
public final class Reconciler {
    private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);

    private final Store store;
    private final Backends backends;
    private final Partition partition;
    private final Cabling cabling;
    private final Images images;
    private final Slices slices;
    private final Runner runner;
    private final Locks locks;
    private final Events events;
    private final Set<String> waiting = ConcurrentHashMap.newKeySet(); // units that autostart has still to start
    /** Units that the last repair found ended: one that only reboots itself runs at the next. */
    private Set<String> foundEnded = Set.of();

    Reconciler(
            Store store,
            Backends backends,
            Partition partition,
            Cabling cabling,
            Images images,
            Slices slices,
            Runner runner,
            Locks locks,
            Events events) {
        this.store = store;
        this.backends = backends;
        this.partition = partition;
        this.cabling = cabling;
        this.images = images;
        this.slices = slices;
        this.runner = runner;
        this.locks = locks;
        this.events = events;
    }

    /**
     * Ends what an earlier daemon left unfinished, removes what no record knows, adopts what runs and starts what should
     * run. Called once, before requests are served.
     *
     * @param rebooted whether the machine was started anew since the last time: what should run then waits for
     *     {@link #autostart}
     */
    public void recover(boolean rebooted) {
        endUnfinished();
        attempt("removing orphans", this::removeOrphans);
        attempt("removing images without a name", images::sweep);
        attempt("removing boundaries of slices that are no more", () -> partition.reconcile(store.list(Kind.SLICE)));
        slices.adapt();
        store.list(Kind.INSTANCE).forEach(this::settle);
        attempt("repairing the switch", () -> cabling.reconcile(this::wanted));
        for (Backend backend : backends.all()) {
            backend.onExit(this::exited);
        }
        for (Instance instance : due()) {
            if (!rebooted) {
                startOne(instance);
            } else if (instance.spec().autostart().enabled()) {
                waiting.add(instance.unit());
            } else {
                runner.record(instance, i -> i.withRunning(false));
            }
        }
    }

    /**
     * Starts what waits since {@link #recover}, in the order that was asked for, while requests are served: who stops,
     * deletes or starts an instance meanwhile is not overruled. The pauses that a slice asked for hold up its own
     * instances and nobody else's. Returns when the last has been started; a daemon that does not live so long leaves
     * the others to the next one.
     */
    public void autostart() throws InterruptedException {
        List<Instance> due =
                due().stream().filter(i -> waiting.contains(i.unit())).toList();
        Set<String> unhurried = due.stream()
                .filter(i -> i.spec().autostart().delaySeconds() > 0)
                .map(Instance::slice)
                .collect(Collectors.toCollection(TreeSet::new));
        List<Thread> beside = unhurried.stream()
                .map(slice -> due.stream().filter(i -> i.slice().equals(slice)).toList())
                .map(own -> Thread.ofVirtual().start(() -> startInTurn(own)))
                .toList();
        try {
            startInTurn(due.stream().filter(i -> !unhurried.contains(i.slice())).toList());
            for (Thread thread : beside) {
                thread.join();
            }
        } finally {
            beside.forEach(Thread::interrupt);
        }
    }

    private void endUnfinished() {
        for (Instance instance : store.list(Kind.INSTANCE)) {
            if (instance.phase() != Phase.PRESENT) {
                attempt("removing " + instance.key(), () -> {
                    runner.dismantle(instance);
                    runner.forget(instance);
                });
            }
        }
        for (Slice slice : store.list(Kind.SLICE)) {
            if (slice.phase() != Phase.PRESENT) {
                attempt("removing slice " + slice.name(), () -> slices.remove(slice.name()));
            }
        }
    }

    private void removeOrphans() {
        for (Backend backend : backends.all()) {
            Set<String> known = store.list(Kind.INSTANCE).stream()
                    .filter(i -> i.backend() == backend.kind())
                    .map(Instance::unit)
                    .collect(Collectors.toSet());
            for (String unit : backend.inventory()) {
                if (!known.contains(unit)) {
                    attempt("removing " + unit, () -> {
                        LOG.warn("{} of backend {} is not in the records and is removed", unit, backend.kind());
                        backend.stop(unit, Duration.ZERO);
                        backend.delete(unit);
                    });
                }
            }
        }
    }

    /** Ends an instance that should not run, and what an ended one left behind. */
    private void settle(Instance instance) {
        attempt("settling " + instance.key(), () -> {
            boolean runs = runs(instance);
            if (!instance.running() || !runs) {
                runner.takeDown(instance, Duration.ZERO);
            } else {
                runner.backend(instance).limit(runner.plan(instance));
            }
        });
    }

    private void startInTurn(List<Instance> due) {
        try {
            for (Instance instance : due) {
                startOne(instance);
                if (runs(instance)) {
                    Thread.sleep(Duration.ofSeconds(instance.spec().autostart().delaySeconds()));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What should run and does not, in the order of starting. */
    private List<Instance> due() {
        return store.list(Kind.INSTANCE).stream()
                .filter(this::isDue)
                .sorted(Comparator.comparingInt(
                                (Instance i) -> -i.spec().autostart().priority())
                        .thenComparing(Instance::key))
                .toList();
    }

    private boolean isDue(Instance instance) {
        return instance.running() && instance.phase() == Phase.PRESENT && !runs(instance);
    }

    private void startOne(Instance due) {
        try (var held = locks.instance(due.slice(), due.name())) {
            store.get(Kind.INSTANCE, due.key())
                    .filter(this::isDue)
                    .ifPresent(i -> attempt("starting " + i.key(), () -> startHeld(i)));
        } finally {
            waiting.remove(due.unit());
        }
    }

    private void startHeld(Instance instance) {
        try {
            InstancePlan plan = runner.startable(instance);
            runner.create(plan);
            runner.bringUp(plan);
            runner.record(instance, i -> i.withRunning(true));
            publish("instance.started", instance, "was started");
        } catch (RuntimeException e) {
            LOG.error("instance {} could not be started", instance.key(), e);
            runner.record(instance, i -> i.withFault(String.valueOf(e.getMessage())));
            publish("instance.failed", instance, "could not be started: " + e.getMessage());
        }
    }

    /** Repairs what has drifted since; called every now and then, by one thread, while requests are served. */
    public void repair() {
        Set<String> ended = store.list(Kind.INSTANCE).stream()
                .filter(i -> isDue(i) && !waiting.contains(i.unit()))
                .map(Instance::unit)
                .collect(Collectors.toSet());
        for (String unit : ended) {
            if (foundEnded.contains(unit)) {
                attempt("settling " + unit, () -> exited(unit, "it was found ended"));
            }
        }
        foundEnded = ended;
        attempt("repairing the switch", () -> cabling.reconcile(this::wanted));
    }

    /** Removes every instance and slice with all their traces; the images stay. */
    public void clear() {
        store.list(Kind.INSTANCE).forEach(i -> {
            runner.dismantle(i);
            runner.forget(i);
        });
        store.list(Kind.SLICE).forEach(s -> slices.remove(s.name()));
        clearKernel();
    }

    /**
     * Ends all that runs and takes it off the kernel and the switch. Records and instances' disks stay, and so does what
     * should run: the next {@link #recover} starts it again.
     *
     * @param grace for all instances together, which are asked to shut down before they are forced to
     */
    public void suspend(Duration grace) {
        List<Thread> ending = store.list(Kind.INSTANCE).stream()
                .map(i -> Thread.ofVirtual()
                        .start(() -> attempt(
                                "ending " + i.key(), () -> runner.takeDown(i, runs(i) ? grace : Duration.ZERO))))
                .toList();
        ending.forEach(Reconciler::join);
        clearKernel();
    }

    private void clearKernel() {
        removeOrphans();
        attempt("clearing the switch", () -> cabling.reconcile(List::of));
        partition.reconcile(List.of());
    }

    /** The machine's own word that an instance ended: its record follows. */
    private void exited(String unit, String reason) {
        int dot = unit.indexOf('.');
        String slice = unit.substring(0, dot);
        String name = unit.substring(dot + 1);
        try (var held = locks.instance(slice, name)) {
            store.get(Kind.INSTANCE, slice + "/" + name)
                    .filter(i -> i.phase() == Phase.PRESENT
                            && i.running()
                            && !runs(i)
                            && i.fault().isEmpty())
                    .ifPresent(i -> {
                        runner.record(i, now -> now.withRunning(false));
                        runner.takeDown(i, Duration.ZERO);
                        publish("instance.exited", i, "ended: " + reason);
                    });
        }
    }

    private List<Port> wanted() {
        return store.list(Kind.INSTANCE).stream()
                .filter(i -> i.running() && i.phase() != Phase.DELETING)
                .flatMap(i -> runner.ports(i).stream())
                .toList();
    }

    private boolean runs(Instance instance) {
        return runner.backend(instance).observe(instance.unit()).state() != InstanceState.STOPPED;
    }

    private void publish(String type, Instance instance, String sentence) {
        events.publish(type, instance.slice(), instance.name(), "instance " + instance.name() + " " + sentence);
    }

    /** One object's trouble must not keep the others from being repaired. */
    private static void attempt(String what, Runnable work) {
        try {
            work.run();
        } catch (Refusal e) {
            LOG.warn("{} failed and will be tried again: {}", what, e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("{} failed and will be tried again", what, e);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
