package io.lamella.compute;

import io.lamella.model.CpuPlan;
import io.lamella.model.CpuPlan.Claim;
import io.lamella.model.CpuRequest;
import io.lamella.model.CpuSet;
import io.lamella.model.Instance;
import io.lamella.model.Refusal;
import io.lamella.model.Slice;
import io.lamella.store.Kind;
import io.lamella.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes down which CPUs slices have, and their instances within them, within one transaction. */
final class CpuShares {
    private static final Logger LOG = LoggerFactory.getLogger(CpuShares.class);

    /** Plans all slices' CPUs anew and returns those slices that changed, or refuses and changes nothing. */
    List<Slice> plan(Store.Transaction tx, CpuSet online) {
        List<Slice> all = tx.list(Kind.SLICE);
        if (all.isEmpty()) {
            return List.of();
        }
        Map<String, CpuSet> plan = CpuPlan.assign(
                online,
                all.stream()
                        .map(s -> new Claim(s.name(), s.spec().cpus(), s.dedicated() ? s.cpus() : CpuSet.EMPTY))
                        .toList());
        List<Slice> changed = new ArrayList<>();
        List<Instance> moved = new ArrayList<>();
        for (Slice slice : all) {
            CpuSet cpus = plan.getOrDefault(slice.name(), CpuSet.EMPTY);
            if (!cpus.equals(slice.cpus())) {
                changed.add(slice.withCpus(cpus));
                moved.addAll(within(slice.withCpus(cpus), tx.list(Kind.INSTANCE)));
            }
        }
        write(tx, changed, moved);
        return changed;
    }

    /**
     * The same, but where the machine has lost CPUs and no longer has enough for all, every slice keeps what is left of
     * its own. Nothing is refused.
     */
    List<Slice> planOrKeep(Store.Transaction tx, CpuSet online) {
        try {
            return plan(tx, online);
        } catch (Refusal e) {
            LOG.warn(
                    "The CPUs {} are no longer enough for all slices, which keep what is left: {}",
                    online,
                    e.getMessage());
        }
        List<Slice> changed = new ArrayList<>();
        List<Instance> moved = new ArrayList<>();
        for (Slice slice : tx.list(Kind.SLICE)) {
            CpuSet left = slice.cpus().intersect(online);
            if (!left.equals(slice.cpus())) {
                changed.add(slice.withCpus(left));
                for (Instance instance : ofSlice(slice, tx.list(Kind.INSTANCE))) {
                    CpuSet rest = instance.cpus().intersect(left);
                    moved.add(instance.withCpus(rest.isEmpty() ? left : rest));
                }
            }
        }
        write(tx, changed, moved);
        return changed;
    }

    private static List<Instance> within(Slice slice, List<Instance> all) {
        List<Instance> moved = new ArrayList<>();
        List<CpuSet> placed = new ArrayList<>();
        for (Instance instance : ofSlice(slice, all)) {
            Optional<CpuRequest> request = instance.spec().cpus();
            CpuSet cpus = stays(instance, slice) ? instance.cpus() : place(instance, slice, placed);
            if (request.isPresent()) {
                placed.add(cpus);
            }
            moved.add(instance.withCpus(cpus));
        }
        return moved;
    }

    private static boolean stays(Instance instance, Slice slice) {
        CpuSet cpus = instance.cpus();
        return slice.cpus().containsAll(cpus)
                && instance.spec()
                        .cpus()
                        .filter(request -> switch (request) {
                            case CpuRequest.Exactly exactly -> exactly.cpus().equals(cpus);
                            case CpuRequest.Count count -> count.count() == cpus.size();
                        })
                        .isPresent();
    }

    private static CpuSet place(Instance instance, Slice slice, List<CpuSet> placed) {
        try {
            return CpuPlan.within(slice.cpus(), instance.spec().cpus(), placed);
        } catch (Refusal e) {
            throw Refusal.conflict(
                    "cpus",
                    "slice \"" + slice.name() + "\" would be left with the CPUs " + slice.cpus()
                            + ", and its instance \""
                            + instance.name() + "\" asks for "
                            + instance.spec().cpus().map(Object::toString).orElse("none"));
        }
    }

    private static List<Instance> ofSlice(Slice slice, List<Instance> all) {
        return all.stream().filter(i -> i.slice().equals(slice.name())).toList();
    }

    private static void write(Store.Transaction tx, List<Slice> slices, List<Instance> instances) {
        slices.forEach(slice -> tx.put(Kind.SLICE, slice));
        instances.forEach(instance -> tx.put(Kind.INSTANCE, instance));
    }
}
