package io.lamella.compute;

import io.lamella.model.IdRange;
import io.lamella.store.Store;
import java.time.Clock;
import java.util.Collection;

/** All services of one node, wired over its ports. */
public final class Compute {
    private final Events events;
    private final Operations operations = new Operations();
    private final Instances instances;
    private final Slices slices;
    private final Networks networks;
    private final Isolation isolation;
    private final Images images;
    private final Node node;
    private final Declaration declaration;
    private final Reconciler reconciler;

    /**
     * What the services stand on.
     *
     * @param idPool the host ids that slices get their ranges from
     */
    public record Ports(
            Store store,
            Collection<Backend> backends,
            Partition partition,
            Isolator isolator,
            Cabling cabling,
            ImageStore images,
            IdRange idPool,
            Clock clock) {}

    public Compute(Ports ports, Node.Facts facts) {
        Store store = ports.store();
        Clock clock = ports.clock();
        Backends backends = new Backends(ports.backends());
        Locks locks = new Locks();
        Runner runner = new Runner(store, backends, ports.cabling(), ports.images(), ports.isolator());
        events = new Events(clock);
        instances = new Instances(store, backends, new Allocation(clock), runner, locks, events);
        slices = new Slices(store, ports.partition(), instances, locks, events, ports.idPool(), clock);
        isolation = new Isolation(store, ports.isolator(), slices, events);
        networks = new Networks(store, locks, events, clock);
        images = new Images(store, ports.images(), operations, events, clock);
        node = new Node(facts, store, ports.partition(), ports.cabling(), backends);
        declaration = new Declaration(store, slices, networks, instances);
        reconciler = new Reconciler(
                store, backends, ports.partition(), ports.cabling(), images, slices, runner, locks, events);
    }

    public Events events() {
        return events;
    }

    public Operations operations() {
        return operations;
    }

    public Instances instances() {
        return instances;
    }

    public Slices slices() {
        return slices;
    }

    public Isolation isolation() {
        return isolation;
    }

    public Networks networks() {
        return networks;
    }

    public Images images() {
        return images;
    }

    public Node node() {
        return node;
    }

    public Declaration declaration() {
        return declaration;
    }

    public Reconciler reconciler() {
        return reconciler;
    }
}
