package io.lamella.compute;

import io.lamella.model.ByteSize;
import io.lamella.model.CpuSet;
import io.lamella.model.IdRange;
import io.lamella.model.Instance;
import io.lamella.model.MemoryPlan;
import io.lamella.model.Network;
import io.lamella.model.Phase;
import io.lamella.model.Refusal;
import io.lamella.model.Slice;
import io.lamella.model.SliceSpec;
import io.lamella.model.SliceView;
import io.lamella.store.Kind;
import io.lamella.store.Store;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The life of slices. Safe for use by several threads. */
public final class Slices {
    private static final Logger LOG = LoggerFactory.getLogger(Slices.class);

    private final Store store;
    private final Partition partition;
    private final Instances instances;
    private final Locks locks;
    private final Events events;
    private final IdRange idPool;
    private final Clock clock;
    private final CpuShares cpus = new CpuShares();
    private final ReentrantLock boundaries = new ReentrantLock();

    Slices(
            Store store,
            Partition partition,
            Instances instances,
            Locks locks,
            Events events,
            IdRange idPool,
            Clock clock) {
        this.store = store;
        this.partition = partition;
        this.instances = instances;
        this.locks = locks;
        this.events = events;
        this.idPool = idPool;
        this.clock = clock;
    }

    public SliceView create(SliceSpec spec) {
        String name = spec.name();
        List<Slice> shifted;
        try (var held = locks.slice(name)) {
            shifted = store.transact(tx -> reserve(tx, spec));
            try {
                confine(shifted);
                store.transact(tx -> phase(tx, name, Phase.PRESENT));
            } catch (RuntimeException e) {
                abandon(name, e);
                throw e;
            }
        }
        follow(shifted);
        events.publish("slice.created", name, name, "slice " + name + " was created");
        return get(name);
    }

    private void abandon(String name, RuntimeException cause) {
        try {
            store.transact(tx -> phase(tx, name, Phase.DELETING));
            remove(name);
        } catch (RuntimeException second) {
            cause.addSuppressed(second); // the next start of the daemon ends it
        }
    }

    /** Records a new slice, or refuses it; returns the slices whose CPUs changed. */
    List<Slice> reserve(Store.Transaction tx, SliceSpec spec) {
        if (tx.get(Kind.SLICE, spec.name()).isPresent()) {
            throw Refusal.conflict("name", "slice \"" + spec.name() + "\" exists already");
        }
        List<Slice> others = tx.list(Kind.SLICE);
        checkMemory(spec, others);
        IdRange ids = IdRange.allocate(idPool, others.stream().map(Slice::ids).toList());
        tx.put(Kind.SLICE, new Slice(spec, CpuSet.EMPTY, ids, Phase.CREATING, clock.instant()));
        return cpus.plan(tx, partition.cpus());
    }

    public List<SliceView> list() {
        List<Instance> all = store.list(Kind.INSTANCE);
        List<Network> networks = store.list(Kind.NETWORK);
        return store.list(Kind.SLICE).stream().map(s -> view(s, all, networks)).toList();
    }

    public SliceView get(String name) {
        return view(require(name), store.list(Kind.INSTANCE), store.list(Kind.NETWORK));
    }

    /** Changes CPUs, memory and the instance limit; the slice is named by {@code spec.name()}. */
    public SliceView update(SliceSpec spec) {
        String name = spec.name();
        List<Slice> shifted;
        try (var held = locks.slice(name)) {
            SliceSpec before = require(name).spec();
            shifted = store.transact(tx -> change(tx, spec));
            try {
                confine(shifted);
            } catch (RuntimeException e) {
                revert(before, e);
                throw e;
            }
        }
        follow(shifted);
        events.publish("slice.updated", name, name, "slice " + name + " was changed");
        return get(name);
    }

    private void revert(SliceSpec before, RuntimeException cause) {
        try {
            confine(store.transact(tx -> change(tx, before)));
        } catch (RuntimeException second) {
            cause.addSuppressed(second);
        }
    }

    /** Records a changed specification, or refuses it; returns the slice and all others whose CPUs changed. */
    List<Slice> change(Store.Transaction tx, SliceSpec spec) {
        Slice old = requirePresent(tx, spec.name());
        checkMemory(
                spec,
                tx.list(Kind.SLICE).stream()
                        .filter(s -> !s.name().equals(spec.name()))
                        .toList());
        checkContents(spec, ofSlice(tx.list(Kind.INSTANCE), spec.name()));
        tx.put(Kind.SLICE, old.withSpec(spec));
        List<Slice> changed = new ArrayList<>(cpus.plan(tx, partition.cpus()));
        if (changed.stream().noneMatch(s -> s.name().equals(spec.name()))) {
            changed.add(requirePresent(tx, spec.name()));
        }
        return changed;
    }

    /** Deletes an empty slice; with {@code force} also all that is in it. */
    public void delete(String name, boolean force) {
        List<Slice> shifted;
        try (var held = locks.slice(name)) {
            require(name);
            List<Instance> inside = ofSlice(store.list(Kind.INSTANCE), name);
            List<Network> networks = networksOf(name);
            if (!force && !(inside.isEmpty() && networks.isEmpty())) {
                throw Refusal.conflict(
                        "slice",
                        "slice \"" + name + "\" is not empty: it has " + inside.size() + " instances and "
                                + networks.size() + " networks; force deletes them too");
            }
            store.transact(tx -> phase(tx, name, Phase.DELETING));
            shifted = remove(name);
        }
        follow(shifted);
        events.publish("slice.deleted", name, name, "slice " + name + " was deleted");
    }

    /** Removes all that is in the slice, its boundary and its record; returns the slices whose CPUs changed. Repeatable. */
    List<Slice> remove(String name) {
        for (Instance instance : ofSlice(store.list(Kind.INSTANCE), name)) {
            instances.delete(name, instance.name(), true);
        }
        boundaries.lock();
        try {
            partition.remove(name);
        } finally {
            boundaries.unlock();
        }
        List<Slice> shifted = store.transact(tx -> forget(tx, name));
        confine(shifted);
        return shifted;
    }

    /** Removes the record of a slice and its networks'; returns the slices whose CPUs changed. */
    List<Slice> forget(Store.Transaction tx, String name) {
        tx.list(Kind.NETWORK).stream()
                .filter(n -> n.slice().equals(name))
                .forEach(n -> tx.delete(Kind.NETWORK, n.key()));
        tx.delete(Kind.SLICE, name);
        return cpus.planOrKeep(tx, partition.cpus());
    }

    /**
     * Plans the CPUs for what the machine has by now, and puts all boundaries into force. A slice that has lost all of
     * its CPUs has no boundary, and its instances do not start.
     */
    void adapt() {
        store.transact(tx -> cpus.planOrKeep(tx, partition.cpus()));
        for (Slice slice : store.list(Kind.SLICE)) {
            try {
                confine(List.of(slice));
            } catch (Refusal e) {
                LOG.error("Slice {} is not confined: {}", slice.name(), e.getMessage());
            }
        }
    }

    /** The same for instances that run: the node has other CPUs to give than before. */
    void refit() {
        adapt();
        follow(store.list(Kind.SLICE));
    }

    /** Puts boundaries into force as recorded by now: whoever planned later may have come here earlier. */
    private void confine(List<Slice> slices) {
        boundaries.lock();
        try {
            for (Slice slice : slices) {
                store.get(Kind.SLICE, slice.name())
                        .filter(s -> s.phase() != Phase.DELETING && !s.cpus().isEmpty())
                        .ifPresent(partition::apply);
            }
        } finally {
            boundaries.unlock();
        }
    }

    private void follow(List<Slice> slices) {
        slices.forEach(slice -> instances.follow(slice.name()));
    }

    private void checkMemory(SliceSpec spec, List<Slice> others) {
        MemoryPlan.check(
                "the node",
                Optional.of(partition.memory()),
                MemoryPlan.reserved(others.stream().map(s -> s.spec().memory()).toList()),
                spec.memory());
    }

    private static void checkContents(SliceSpec spec, List<Instance> inside) {
        ByteSize reserved =
                MemoryPlan.reserved(inside.stream().map(i -> i.spec().memory()).toList());
        if (spec.memory().isPresent() && reserved.compareTo(spec.memory().get()) > 0) {
            throw Refusal.conflict(
                    "memory",
                    "memory \"" + spec.memory().get() + "\" is less than the instances of slice \"" + spec.name()
                            + "\" have reserved: " + reserved);
        }
        if (spec.maxInstances().isPresent()
                && inside.size() > spec.maxInstances().get()) {
            throw Refusal.conflict(
                    "maxInstances",
                    "maxInstances \"" + spec.maxInstances().get() + "\" is less than slice \"" + spec.name()
                            + "\" has: " + inside.size());
        }
    }

    static Optional<Slice> phase(Store.Transaction tx, String name, Phase phase) {
        Optional<Slice> slice = tx.get(Kind.SLICE, name).map(s -> s.withPhase(phase));
        slice.ifPresent(s -> tx.put(Kind.SLICE, s));
        return slice;
    }

    private Slice require(String name) {
        return store.get(Kind.SLICE, name).orElseThrow(() -> Refusal.notFound("slice", name));
    }

    /** The slice, where it is neither half-made nor half-deleted. */
    static Slice requirePresent(Store.Transaction tx, String name) {
        return tx.get(Kind.SLICE, name)
                .filter(s -> s.phase() == Phase.PRESENT)
                .orElseThrow(() -> Refusal.notFound("slice", name));
    }

    private List<Network> networksOf(String slice) {
        return store.list(Kind.NETWORK).stream()
                .filter(n -> n.slice().equals(slice))
                .toList();
    }

    private static List<Instance> ofSlice(List<Instance> all, String slice) {
        return all.stream().filter(i -> i.slice().equals(slice)).toList();
    }

    private static SliceView view(Slice s, List<Instance> all, List<Network> networks) {
        List<Instance> mine = ofSlice(all, s.name());
        return new SliceView(
                s.name(),
                s.spec(),
                s.cpus(),
                s.dedicated(),
                s.ids(),
                mine.size(),
                (int) mine.stream().filter(Instance::running).count(),
                (int) networks.stream().filter(n -> n.slice().equals(s.name())).count(),
                MemoryPlan.reserved(mine.stream().map(i -> i.spec().memory()).toList()),
                s.createdAt());
    }
}
