package io.lamella.compute;

import io.lamella.model.Network;
import io.lamella.model.NetworkSpec;
import io.lamella.model.Port;
import io.lamella.model.Refusal;
import io.lamella.store.Kind;
import io.lamella.store.Store;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The life of networks. Safe for use by several threads. */
public final class Networks {
    private final Store store;
    private final Locks locks;
    private final Events events;
    private final Clock clock;

    Networks(Store store, Locks locks, Events events, Clock clock) {
        this.store = store;
        this.locks = locks;
        this.events = events;
        this.clock = clock;
    }

    public Network create(String slice, NetworkSpec spec) {
        Network network;
        try (var held = locks.within(slice)) {
            network = store.transact(tx -> reserve(tx, slice, spec));
        }
        events.publish("network.created", slice, spec.name(), "network " + spec.name() + " was created");
        return network;
    }

    /** Records a new network, or refuses it. */
    Network reserve(Store.Transaction tx, String slice, NetworkSpec spec) {
        Slices.requirePresent(tx, slice);
        Network wanted = new Network(slice, spec, freeSegment(tx.list(Kind.NETWORK)), clock.instant());
        if (tx.get(Kind.NETWORK, wanted.key()).isPresent()) {
            throw Refusal.conflict("name", "network \"" + spec.name() + "\" of slice \"" + slice + "\" exists already");
        }
        tx.put(Kind.NETWORK, wanted);
        return wanted;
    }

    /** The lowest number that no network has: 1 to 16777215 as a VXLAN network identifier (RFC 7348 section 5). */
    private static int freeSegment(List<Network> networks) {
        Set<Integer> taken = networks.stream().map(Network::segment).collect(Collectors.toSet());
        int segment = 1;
        while (taken.contains(segment)) {
            segment++;
        }
        return segment;
    }

    /** The networks of a slice. */
    public List<Network> list(String slice) {
        if (store.get(Kind.SLICE, slice).isEmpty()) {
            throw Refusal.notFound("slice", slice);
        }
        return list().stream().filter(n -> n.slice().equals(slice)).toList();
    }

    public List<Network> list() {
        return store.list(Kind.NETWORK);
    }

    public Network get(String slice, String name) {
        return store.get(Kind.NETWORK, slice + "/" + name).orElseThrow(() -> Refusal.notFound("network", name));
    }

    /** The ports of a network, in the order of their addresses. */
    public List<Port> ports(String slice, String name) {
        get(slice, name);
        return store.list(Kind.PORT).stream()
                .filter(p -> p.slice().equals(slice) && p.network().equals(name))
                .sorted(Comparator.comparing(Port::address))
                .toList();
    }

    /** Deletes a network that no instance uses. */
    public void delete(String slice, String name) {
        try (var held = locks.within(slice)) {
            store.transact(tx -> forget(tx, slice, name));
        }
        events.publish("network.deleted", slice, name, "network " + name + " was deleted");
    }

    /** Removes the record of a network, or refuses because it is used. */
    static Network forget(Store.Transaction tx, String slice, String name) {
        Network network = tx.get(Kind.NETWORK, slice + "/" + name).orElseThrow(() -> Refusal.notFound("network", name));
        List<String> users = tx.list(Kind.PORT).stream()
                .filter(p -> p.slice().equals(slice) && p.network().equals(name))
                .map(Port::instance)
                .distinct()
                .toList();
        if (!users.isEmpty()) {
            throw Refusal.conflict("network", "network \"" + name + "\" is used by " + String.join(", ", users));
        }
        tx.delete(Kind.NETWORK, network.key());
        return network;
    }
}
