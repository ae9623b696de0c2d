package io.lamella.compute;

import io.lamella.model.AddressPlan;
import io.lamella.model.CpuPlan;
import io.lamella.model.CpuSet;
import io.lamella.model.Image;
import io.lamella.model.Instance;
import io.lamella.model.InstanceSpec;
import io.lamella.model.Ipv4;
import io.lamella.model.MacAddress;
import io.lamella.model.MemoryPlan;
import io.lamella.model.Network;
import io.lamella.model.NicSpec;
import io.lamella.model.Phase;
import io.lamella.model.Port;
import io.lamella.model.Refusal;
import io.lamella.model.Slice;
import io.lamella.store.Kind;
import io.lamella.store.Store;
import java.time.Clock;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Writes down what an instance is to have, within one transaction: the intent before the deed. */
final class Allocation {
    /** The highest number of a real port: OFPP_MAX is 0xffffff00, Open vSwitch's own limit is 0xfeff. */
    private static final int MAX_SWITCH_PORT = 0xfeff;

    private final Clock clock;

    Allocation(Clock clock) {
        this.clock = clock;
    }

    /** Records a new instance in phase {@code creating} with its ports, or refuses it. */
    Instance reserve(
            Store.Transaction tx, String sliceName, InstanceSpec spec, Backends.Choice backend, boolean running) {
        Slice slice = Slices.requirePresent(tx, sliceName);
        if (tx.get(Kind.INSTANCE, sliceName + "/" + spec.name()).isPresent()) {
            throw Refusal.conflict(
                    "name", "instance \"" + spec.name() + "\" of slice \"" + sliceName + "\" exists already");
        }
        List<Instance> siblings = siblings(tx, sliceName, spec.name());
        slice.spec().maxInstances().filter(max -> siblings.size() >= max).ifPresent(max -> {
            throw Refusal.exhausted(
                    "instances", "slice \"" + sliceName + "\" has the most instances it may have: " + max);
        });
        checkMemory(slice, spec, siblings);
        Image image = Images.find(tx, spec.image());
        Instance instance = new Instance(
                UUID.randomUUID(),
                sliceName,
                spec,
                backend.kind(),
                backend.reason(),
                image.digest(),
                CpuPlan.within(slice.cpus(), spec.cpus(), pinned(siblings)),
                Phase.CREATING,
                running,
                Optional.empty(),
                clock.instant());
        tx.put(Kind.INSTANCE, instance);
        for (int i = 0; i < spec.nics().size(); i++) {
            tx.put(Kind.PORT, port(tx, instance, i, spec.nics().get(i)));
        }
        return instance;
    }

    /** Records a changed specification with the CPUs that follow from it, or refuses it. */
    static Instance change(Store.Transaction tx, Instance instance, InstanceSpec spec) {
        Slice slice =
                tx.get(Kind.SLICE, instance.slice()).orElseThrow(() -> Refusal.notFound("slice", instance.slice()));
        List<Instance> siblings = siblings(tx, instance.slice(), instance.name());
        checkMemory(slice, spec, siblings);
        boolean sameRequest = spec.cpus().equals(instance.spec().cpus());
        Instance changed = instance.withSpec(spec)
                .withCpus(sameRequest ? instance.cpus() : CpuPlan.within(slice.cpus(), spec.cpus(), pinned(siblings)));
        tx.put(Kind.INSTANCE, changed);
        return changed;
    }

    private static void checkMemory(Slice slice, InstanceSpec spec, List<Instance> siblings) {
        MemoryPlan.check(
                "slice \"" + slice.name() + "\"",
                slice.spec().memory(),
                MemoryPlan.reserved(
                        siblings.stream().map(i -> i.spec().memory()).toList()),
                spec.memory());
    }

    private static Port port(Store.Transaction tx, Instance instance, int index, NicSpec nic) {
        Network network = tx.get(Kind.NETWORK, instance.slice() + "/" + nic.network())
                .orElseThrow(() -> Refusal.notFound("network", nic.network()));
        List<Port> all = tx.list(Kind.PORT);
        List<Ipv4> taken = all.stream()
                .filter(p -> p.segment() == network.segment())
                .map(Port::address)
                .toList();
        AddressPlan.Assigned assigned = AddressPlan.assign(network.spec(), nic.address(), taken);
        UUID id = UUID.randomUUID();
        return new Port(
                id,
                instance.slice(),
                nic.network(),
                instance.name(),
                index,
                MacAddress.derivedFrom(id),
                assigned.address(),
                assigned.prefix(),
                network.segment(),
                freeSwitchPort(all));
    }

    private static int freeSwitchPort(List<Port> ports) {
        BitSet taken = new BitSet();
        ports.forEach(p -> taken.set(p.switchPort()));
        int free = taken.nextClearBit(1);
        if (free > MAX_SWITCH_PORT) {
            throw Refusal.exhausted("nics", "the node's switch has no port left of " + MAX_SWITCH_PORT);
        }
        return free;
    }

    private static List<Instance> siblings(Store.Transaction tx, String slice, String except) {
        return tx.list(Kind.INSTANCE).stream()
                .filter(i -> i.slice().equals(slice) && !i.name().equals(except))
                .toList();
    }

    private static List<CpuSet> pinned(List<Instance> siblings) {
        List<CpuSet> pinned = new ArrayList<>();
        siblings.stream().filter(i -> i.spec().cpus().isPresent()).forEach(i -> pinned.add(i.cpus()));
        return pinned;
    }
}
