package io.lamella.compute;

import io.lamella.model.Instance;
import io.lamella.model.IsolationOrder;
import io.lamella.model.IsolationProfile;
import io.lamella.model.Port;
import io.lamella.model.Refusal;
import io.lamella.model.Slice;
import io.lamella.store.Kind;
import io.lamella.store.Store;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;

/** Does to the kernel what the records say. Every method can be repeated. The caller holds the instance's lock. */
final class Runner {
    private static final Executor VIRTUAL = task -> Thread.ofVirtual().start(task);

    private final Store store;
    private final Backends backends;
    private final Cabling cabling;
    private final ImageStore images;
    private final Isolator isolator;

    Runner(Store store, Backends backends, Cabling cabling, ImageStore images, Isolator isolator) {
        this.store = store;
        this.backends = backends;
        this.cabling = cabling;
        this.images = images;
        this.isolator = isolator;
    }

    InstancePlan plan(Instance instance) {
        Slice slice =
                store.get(Kind.SLICE, instance.slice()).orElseThrow(() -> Refusal.notFound("slice", instance.slice()));
        if (slice.cpus().isEmpty()) {
            throw Refusal.unavailable("slice \"" + slice.name() + "\" has no CPU left on this machine: it asks for "
                    + slice.spec().cpus().map(Object::toString).orElse("a share of those that no slice owns"));
        }
        List<Port> ports = ports(instance);
        boolean offload = !ports.isEmpty() && cabling.datapath().equals("system");
        return new InstancePlan(instance, slice, images.root(instance.digest()), ports, offload);
    }

    /** The plan of an instance that is about to start; refuses where its CPUs are not as free as it asks for. */
    InstancePlan startable(Instance instance) {
        InstancePlan plan = plan(instance);
        instance.spec().profile().ifPresent(wanted -> {
            IsolationProfile has = profile(plan.slice());
            if (has.compareTo(wanted) < 0) {
                throw Refusal.conflict(
                        "profile",
                        "instance \"" + instance.name() + "\" asks for CPUs with profile " + wanted
                                + ", and those of slice \""
                                + instance.slice() + "\" are " + has
                                + ": give the slice CPUs of its own and isolate them, as with lamella isolate apply --slice "
                                + instance.slice());
            }
        });
        return plan;
    }

    private IsolationProfile profile(Slice slice) {
        return isolator.inForce()
                .filter(order -> order.slice().equals(Optional.of(slice.name())))
                .map(IsolationOrder::profile)
                .orElse(slice.dedicated() ? IsolationProfile.DEDICATED : IsolationProfile.SHARED);
    }

    Root root(String digest) {
        return images.root(digest);
    }

    List<Port> ports(Instance instance) {
        return store.list(Kind.PORT).stream()
                .filter(p -> p.slice().equals(instance.slice()) && p.instance().equals(instance.name()))
                .sorted(Comparator.comparingInt(Port::index))
                .toList();
    }

    Backend backend(Instance instance) {
        return backends.of(instance.backend());
    }

    void create(InstancePlan plan) {
        backend(plan.instance()).create(plan);
    }

    /** Starts it; on failure what was begun is taken back. */
    void bringUp(InstancePlan plan) {
        try {
            if (plan.ports().isEmpty()) { // it needs no switch
                backend(plan.instance()).start(plan);
            } else {
                bringUpWired(plan);
            }
        } catch (RuntimeException e) {
            RuntimeException cause =
                    e instanceof CompletionException && e.getCause() instanceof RuntimeException r ? r : e;
            try {
                takeDown(plan.instance(), Duration.ZERO);
            } catch (RuntimeException second) {
                cause.addSuppressed(second);
            }
            throw cause;
        }
    }

    /** The switch learns of the ports while the instance boots: neither waits for the other, where it can. */
    private void bringUpWired(InstancePlan plan) {
        Plug plug = backend(plan.instance()).plug(plan);
        if (plug instanceof Plug.Own) {
            backend(plan.instance()).start(plan);
            cabling.connect(plan.ports());
            return;
        }
        cabling.prepare(plan.ports(), plug);
        CompletableFuture<Void> wired = CompletableFuture.runAsync(() -> cabling.connect(plan.ports()), VIRTUAL);
        try {
            backend(plan.instance()).start(plan);
        } finally {
            wired.handle((done, failure) -> done).join();
        }
        wired.join();
    }

    void takeDown(Instance instance, Duration grace) {
        backend(instance).stop(instance.unit(), grace);
        List<Port> ports = ports(instance);
        if (!ports.isEmpty()) {
            cabling.disconnect(ports);
        }
    }

    /**
     * Gives a stopped instance to another backend with the content of its disk. The change of its record is the moment at
     * which it belongs to the other one: what either has that the record does not give to it is an orphan.
     */
    Instance move(Instance instance, Backends.Choice choice) {
        Backend from = backend(instance);
        Backend to = choice.backend();
        InstancePlan plan = plan(instance);
        to.delete(instance.unit()); // what an interrupted move left
        try {
            from.withTree(plan, tree -> to.createFrom(plan, tree));
        } catch (RuntimeException e) {
            try {
                to.delete(instance.unit());
            } catch (RuntimeException second) {
                e.addSuppressed(second);
            }
            throw e;
        }
        Instance moved = record(instance, i -> i.withBackend(choice.kind(), choice.reason()));
        from.delete(instance.unit());
        return moved;
    }

    /** Removes every trace of it but its record. */
    void dismantle(Instance instance) {
        takeDown(instance, Duration.ZERO);
        backend(instance).delete(instance.unit());
    }

    void forget(Instance instance) {
        store.transact(tx -> forget(tx, instance));
    }

    /** Removes its record and its ports'. */
    static Instance forget(Store.Transaction tx, Instance instance) {
        tx.list(Kind.PORT).stream()
                .filter(p -> p.slice().equals(instance.slice()) && p.instance().equals(instance.name()))
                .forEach(p -> tx.delete(Kind.PORT, Kind.PORT.key().apply(p)));
        tx.delete(Kind.INSTANCE, instance.key());
        return instance;
    }

    /** Changes its record as it is by now: other slices' plans may have moved its CPUs since it was read. */
    Instance record(Instance instance, UnaryOperator<Instance> change) {
        return store.transact(tx -> {
            Instance changed =
                    change.apply(tx.get(Kind.INSTANCE, instance.key()).orElse(instance));
            tx.put(Kind.INSTANCE, changed);
            return changed;
        });
    }
}
