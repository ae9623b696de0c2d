package io.lamella.compute;

import io.lamella.model.ApplyPlan;
import io.lamella.model.ApplyPlan.Action;
import io.lamella.model.ApplyPlan.Change;
import io.lamella.model.DeclarationDiff;
import io.lamella.model.Instance;
import io.lamella.model.InstancePatch;
import io.lamella.model.InstanceSpec;
import io.lamella.model.Network;
import io.lamella.model.NetworkSpec;
import io.lamella.model.NicSpec;
import io.lamella.model.NodeSpec;
import io.lamella.model.NodeSpec.InstanceDeclaration;
import io.lamella.model.NodeSpec.SliceDeclaration;
import io.lamella.model.Port;
import io.lamella.model.Slice;
import io.lamella.model.SliceSpec;
import io.lamella.store.Kind;
import io.lamella.store.Store;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Brings the node to what a declaration asks for. */
public final class Declaration {
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final Store store;
    private final Slices slices;
    private final Networks networks;
    private final Instances instances;

    Declaration(Store store, Slices slices, Networks networks, Instances instances) {
        this.store = store;
        this.slices = slices;
        this.networks = networks;
        this.instances = instances;
    }

    /** What {@link #apply} would do; changes nothing. With {@code prune} what the declaration lacks is deleted. */
    public ApplyPlan plan(NodeSpec wanted, boolean prune) {
        return DeclarationDiff.between(export(), wanted, prune);
    }

    /**
     * Does it and returns what was done. What would be refused on the way is refused before anything is done; where
     * something fails nevertheless it stops, and can be applied again.
     */
    public ApplyPlan apply(NodeSpec wanted, boolean prune) {
        ApplyPlan plan = plan(wanted, prune);
        Rehearsal.of(stage -> carryOut(plan, wanted, stage), store, slices, networks, instances);
        carryOut(plan, wanted, new OnNode());
        return plan;
    }

    private static void carryOut(ApplyPlan plan, NodeSpec wanted, Stage stage) {
        for (String kind : List.of("instance", "network", "slice")) {
            plan.changes().stream()
                    .filter(c -> c.kind().equals(kind))
                    .filter(c -> c.action() == Action.DELETE || c.action() == Action.REPLACE)
                    .forEach(c -> delete(c, stage));
        }
        plan.changes().stream()
                .filter(c -> c.action() != Action.DELETE)
                .forEach(c -> carryOut(c, find(wanted.slices(), s -> s.name().equals(c.slice())), stage));
    }

    private static void delete(Change change, Stage stage) {
        switch (change.kind()) {
            case "instance" -> stage.deleteInstance(change.slice(), change.name());
            case "network" -> stage.deleteNetwork(change.slice(), change.name());
            default -> stage.deleteSlice(change.name());
        }
    }

    private static void carryOut(Change change, SliceDeclaration slice, Stage stage) {
        switch (change.kind()) {
            case "slice" -> {
                if (change.action() == Action.CREATE) {
                    stage.createSlice(slice.spec());
                } else {
                    stage.updateSlice(slice.spec());
                }
            }
            case "network" ->
                stage.createNetwork(
                        slice.name(), find(slice.networks(), n -> n.name().equals(change.name())));
            default ->
                instance(
                        change,
                        slice.name(),
                        find(slice.instances(), i -> i.name().equals(change.name())),
                        stage);
        }
    }

    private static void instance(Change change, String slice, InstanceDeclaration wanted, Stage stage) {
        switch (change.action()) {
            case START -> stage.start(slice, wanted.name());
            case STOP -> stage.stop(slice, wanted.name());
            case UPDATE -> stage.update(slice, wanted.name(), patch(change, wanted.spec()));
            default -> stage.launch(slice, wanted.spec(), wanted.shouldRun());
        }
    }

    private static InstancePatch patch(Change change, InstanceSpec spec) {
        boolean moves = change.fields().stream().anyMatch(f -> f.field().equals("backend"));
        return new InstancePatch(
                Optional.of(spec.cpus().map(Object::toString).orElse("none")),
                Optional.of(spec.profile().map(Object::toString).orElse("none")),
                Optional.of(spec.cpuWeight().map(Object::toString).orElse("none")),
                Optional.of(spec.memory().map(Object::toString).orElse("none")),
                Optional.of(spec.pids().map(Object::toString).orElse("none")),
                Optional.of(spec.hugePages().map(Object::toString).orElse("no")),
                spec.autostart(),
                moves ? spec.backend() : null);
    }

    private static <T> T find(List<T> items, Predicate<T> match) {
        return items.stream().filter(match).findFirst().orElseThrow();
    }

    /** The node as a declaration: applying it changes nothing. */
    public NodeSpec export() {
        List<Network> allNetworks = store.list(Kind.NETWORK);
        List<Instance> allInstances = store.list(Kind.INSTANCE);
        List<Port> ports = store.list(Kind.PORT);
        return new NodeSpec(store.list(Kind.SLICE).stream()
                .map(s -> export(s, allNetworks, allInstances, ports))
                .toList());
    }

    private static SliceDeclaration export(
            Slice slice, List<Network> networks, List<Instance> instances, List<Port> ports) {
        return new SliceDeclaration(
                slice.name(),
                slice.spec().cpus(),
                slice.spec().memory(),
                slice.spec().maxInstances(),
                networks.stream()
                        .filter(n -> n.slice().equals(slice.name()))
                        .map(Network::spec)
                        .toList(),
                instances.stream()
                        .filter(i -> i.slice().equals(slice.name()))
                        .map(i -> export(i, ports))
                        .toList());
    }

    private static InstanceDeclaration export(Instance instance, List<Port> ports) {
        InstanceSpec s = instance.spec();
        List<NicSpec> nics = ports.stream()
                .filter(p -> p.slice().equals(instance.slice()) && p.instance().equals(instance.name()))
                .sorted(Comparator.comparingInt(Port::index))
                .map(p -> new NicSpec(p.network(), Optional.of(p.address())))
                .toList();
        return InstanceDeclaration.of(s.with(instance.backend(), nics), instance.running());
    }

    /** The node itself. */
    private final class OnNode implements Stage {
        @Override
        public void createSlice(SliceSpec spec) {
            slices.create(spec);
        }

        @Override
        public void updateSlice(SliceSpec spec) {
            slices.update(spec);
        }

        @Override
        public void deleteSlice(String slice) {
            slices.delete(slice, false);
        }

        @Override
        public void createNetwork(String slice, NetworkSpec spec) {
            networks.create(slice, spec);
        }

        @Override
        public void deleteNetwork(String slice, String name) {
            networks.delete(slice, name);
        }

        @Override
        public void launch(String slice, InstanceSpec spec, boolean running) {
            instances.launch(slice, spec, running);
        }

        @Override
        public void update(String slice, String name, InstancePatch patch) {
            instances.update(slice, name, patch);
        }

        @Override
        public void start(String slice, String name) {
            instances.start(slice, name);
        }

        @Override
        public void stop(String slice, String name) {
            instances.stop(slice, name, GRACE);
        }

        @Override
        public void deleteInstance(String slice, String name) {
            instances.delete(slice, name, true);
        }
    }
}
