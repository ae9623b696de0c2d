package io.lamella.compute;

import io.lamella.model.Instance;
import io.lamella.model.InstancePatch;
import io.lamella.model.InstanceSpec;
import io.lamella.model.NetworkSpec;
import io.lamella.model.Phase;
import io.lamella.model.Refusal;
import io.lamella.model.SliceSpec;
import io.lamella.store.Kind;
import io.lamella.store.Store;
import java.util.function.Consumer;

/** Changes the records and nothing else, within a transaction that is taken back: what would be refused is refused. */
final class Rehearsal implements Stage {
    /** Ends the transaction without a trace. */
    private static final class Over extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Over() {
            super(null, null, false, false);
        }
    }

    private final Store.Transaction tx;
    private final Slices slices;
    private final Networks networks;
    private final Instances instances;

    private Rehearsal(Store.Transaction tx, Slices slices, Networks networks, Instances instances) {
        this.tx = tx;
        this.slices = slices;
        this.networks = networks;
        this.instances = instances;
    }

    /** Throws the first {@link Refusal} that {@code play} meets; changes nothing in any case. */
    static void of(Consumer<Stage> play, Store store, Slices slices, Networks networks, Instances instances) {
        try {
            store.transact(tx -> {
                play.accept(new Rehearsal(tx, slices, networks, instances));
                throw new Over();
            });
        } catch (Over e) {
            return;
        }
    }

    @Override
    public void createSlice(SliceSpec spec) {
        slices.reserve(tx, spec);
        Slices.phase(tx, spec.name(), Phase.PRESENT);
    }

    @Override
    public void updateSlice(SliceSpec spec) {
        slices.change(tx, spec);
    }

    @Override
    public void deleteSlice(String slice) {
        slices.forget(tx, slice);
    }

    @Override
    public void createNetwork(String slice, NetworkSpec spec) {
        networks.reserve(tx, slice, spec);
    }

    @Override
    public void deleteNetwork(String slice, String name) {
        Networks.forget(tx, slice, name);
    }

    @Override
    public void launch(String slice, InstanceSpec spec, boolean running) {
        instances.reserve(tx, slice, spec, running);
    }

    @Override
    public void update(String slice, String name, InstancePatch patch) {
        Instance before = instance(slice, name);
        InstanceSpec after = patch.applyTo(before.spec());
        instances.suited(before, patch, after);
        Instances.change(tx, slice, name, after);
    }

    @Override
    public void start(String slice, String name) {
        instance(slice, name);
    }

    @Override
    public void stop(String slice, String name) {
        instance(slice, name);
    }

    @Override
    public void deleteInstance(String slice, String name) {
        Runner.forget(tx, instance(slice, name));
    }

    private Instance instance(String slice, String name) {
        return tx.get(Kind.INSTANCE, slice + "/" + name).orElseThrow(() -> Refusal.notFound("instance", name));
    }
}
