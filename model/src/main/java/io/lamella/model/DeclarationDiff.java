package io.lamella.model;

import io.lamella.model.ApplyPlan.Action;
import io.lamella.model.ApplyPlan.Change;
import io.lamella.model.ApplyPlan.FieldChange;
import io.lamella.model.NodeSpec.InstanceDeclaration;
import io.lamella.model.NodeSpec.SliceDeclaration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The difference between two declarations as an ordered list of changes. */
public final class DeclarationDiff {
    private final List<Change> deletions = new ArrayList<>();
    private final List<Change> changes = new ArrayList<>();
    private final boolean prune;

    private DeclarationDiff(boolean prune) {
        this.prune = prune;
    }

    /**
     * What turns {@code current} into {@code wanted}: deletions first, then slices, networks and instances.
     *
     * @param prune whether what {@code wanted} does not mention is deleted
     */
    public static ApplyPlan between(NodeSpec current, NodeSpec wanted, boolean prune) {
        DeclarationDiff diff = new DeclarationDiff(prune);
        Map<String, SliceDeclaration> now = index(current.slices(), SliceDeclaration::name);
        Set<String> mentioned = new HashSet<>();
        for (SliceDeclaration slice : wanted.slices()) {
            mentioned.add(slice.name());
            diff.slice(Optional.ofNullable(now.get(slice.name())), slice);
        }
        for (SliceDeclaration slice : current.slices()) {
            if (prune && !mentioned.contains(slice.name())) {
                slice.instances().forEach(i -> diff.delete("instance", slice.name(), i.name()));
                slice.networks().forEach(n -> diff.delete("network", slice.name(), n.name()));
                diff.delete("slice", slice.name(), slice.name());
            }
        }
        List<Change> all = new ArrayList<>(diff.deletions);
        all.addAll(diff.changes);
        return new ApplyPlan(all);
    }

    private void slice(Optional<SliceDeclaration> now, SliceDeclaration wanted) {
        String name = wanted.name();
        Fields fields = new Fields()
                .compare("cpus", now.flatMap(SliceDeclaration::cpus), wanted.cpus())
                .compare("memory", now.flatMap(SliceDeclaration::memory), wanted.memory())
                .compare("maxInstances", now.flatMap(SliceDeclaration::maxInstances), wanted.maxInstances());
        if (now.isEmpty()) {
            change(Action.CREATE, "slice", name, name, fields.list);
        } else if (!fields.list.isEmpty()) {
            change(Action.UPDATE, "slice", name, name, fields.list);
        }
        Set<String> replacedNetworks =
                networks(name, now.map(SliceDeclaration::networks).orElse(List.of()), wanted);
        instances(name, now.map(SliceDeclaration::instances).orElse(List.of()), wanted, replacedNetworks);
    }

    private Set<String> networks(String slice, List<NetworkSpec> current, SliceDeclaration wanted) {
        Map<String, NetworkSpec> now = index(current, NetworkSpec::name);
        Set<String> replaced = new HashSet<>();
        Set<String> mentioned = new HashSet<>();
        for (NetworkSpec network : wanted.networks()) {
            mentioned.add(network.name());
            Optional<NetworkSpec> before = Optional.ofNullable(now.get(network.name()));
            Fields fields =
                    new Fields().compare("subnets", before.map(NetworkSpec::subnets), Optional.of(network.subnets()));
            if (before.isEmpty()) {
                change(Action.CREATE, "network", slice, network.name(), fields.list);
            } else if (!fields.list.isEmpty()) {
                replaced.add(network.name());
                change(Action.REPLACE, "network", slice, network.name(), fields.list);
            }
        }
        if (prune) {
            current.stream()
                    .filter(n -> !mentioned.contains(n.name()))
                    .forEach(n -> delete("network", slice, n.name()));
        }
        return replaced;
    }

    private void instances(
            String slice, List<InstanceDeclaration> current, SliceDeclaration wanted, Set<String> replacedNetworks) {
        Map<String, InstanceDeclaration> now = index(current, InstanceDeclaration::name);
        Set<String> mentioned = new HashSet<>();
        for (InstanceDeclaration instance : wanted.instances()) {
            mentioned.add(instance.name());
            instance(slice, Optional.ofNullable(now.get(instance.name())), instance, replacedNetworks);
        }
        if (prune) {
            List<Change> mine = current.stream()
                    .filter(i -> !mentioned.contains(i.name()))
                    .map(i -> new Change(Action.DELETE, "instance", slice, i.name(), List.of()))
                    .toList();
            deletions.addAll(0, mine); // before the networks that they use
        }
    }

    private void instance(
            String slice, Optional<InstanceDeclaration> now, InstanceDeclaration wanted, Set<String> replacedNetworks) {
        String name = wanted.name();
        Fields fixed = new Fields().compare("image", now.map(InstanceDeclaration::image), Optional.of(wanted.image()));
        userData(fixed, now.flatMap(InstanceDeclaration::userData), wanted.userData());
        boolean sameNics = now.isPresent() && nicsMatch(now.get().nics(), wanted.nics());
        if (!sameNics) {
            fixed.compare("nics", now.map(i -> nics(i.nics())), Optional.of(nics(wanted.nics())));
        }
        Fields limits = new Fields();
        if (wanted.backend() != BackendKind.AUTO) {
            limits.compare("backend", now.map(InstanceDeclaration::backend), Optional.of(wanted.backend()));
        }
        limits.compare("hugePages", now.flatMap(InstanceDeclaration::hugePages), wanted.hugePages());
        boolean moves = !limits.list.isEmpty();
        limits.compare("cpus", now.flatMap(InstanceDeclaration::cpus), wanted.cpus())
                .compare("profile", now.flatMap(InstanceDeclaration::profile), wanted.profile())
                .compare("cpuWeight", now.flatMap(InstanceDeclaration::cpuWeight), wanted.cpuWeight())
                .compare("memory", now.flatMap(InstanceDeclaration::memory), wanted.memory())
                .compare("pids", now.flatMap(InstanceDeclaration::pids), wanted.pids())
                .compare("autostart", now.map(InstanceDeclaration::autostart), Optional.of(wanted.autostart()));
        if (now.isEmpty()) {
            fixed.list.addAll(limits.list);
            change(Action.CREATE, "instance", slice, name, fixed.list);
            return;
        }
        boolean netReplaced = wanted.nics().stream().anyMatch(n -> replacedNetworks.contains(n.network()));
        if (!fixed.list.isEmpty() || netReplaced) {
            fixed.list.addAll(limits.list);
            change(Action.REPLACE, "instance", slice, name, fixed.list);
            return;
        }
        boolean ran = now.get().shouldRun();
        if (ran && (moves || !wanted.shouldRun())) {
            change(Action.STOP, "instance", slice, name, List.of());
            ran = false;
        }
        if (!limits.list.isEmpty()) {
            change(Action.UPDATE, "instance", slice, name, limits.list);
        }
        if (wanted.shouldRun() && !ran) {
            change(Action.START, "instance", slice, name, List.of());
        }
    }

    /** Told by its length alone: it may hold what not everybody should read. */
    private static void userData(Fields fields, Optional<String> before, Optional<String> after) {
        if (!before.equals(after)) {
            fields.list.add(new FieldChange("userData", length(before), length(after)));
        }
    }

    private static String length(Optional<String> text) {
        return text.map(t -> t.length() + " characters").orElse("");
    }

    /** An address that is not asked for may be any. */
    private static boolean nicsMatch(List<NicSpec> now, List<NicSpec> wanted) {
        if (now.size() != wanted.size()) {
            return false;
        }
        for (int i = 0; i < now.size(); i++) {
            Optional<Ipv4> address = wanted.get(i).address();
            if (!now.get(i).network().equals(wanted.get(i).network())
                    || (address.isPresent() && !address.equals(now.get(i).address()))) {
                return false;
            }
        }
        return true;
    }

    private static String nics(List<NicSpec> nics) {
        return nics.stream()
                .map(n -> n.network() + n.address().map(a -> ":" + a).orElse(""))
                .collect(Collectors.joining(" "));
    }

    private void delete(String kind, String slice, String name) {
        deletions.add(new Change(Action.DELETE, kind, slice, name, List.of()));
    }

    private void change(Action action, String kind, String slice, String name, List<FieldChange> fields) {
        changes.add(new Change(action, kind, slice, name, fields));
    }

    private static <T> Map<String, T> index(List<T> items, Function<T, String> name) {
        return items.stream().collect(Collectors.toMap(name, Function.identity()));
    }

    private static final class Fields {
        private final List<FieldChange> list = new ArrayList<>();

        Fields compare(String field, Optional<?> before, Optional<?> after) {
            if (!before.equals(after)) {
                list.add(new FieldChange(field, text(before), text(after)));
            }
            return this;
        }

        private static String text(Optional<?> value) {
            return value.map(v -> v instanceof List<?> list
                            ? list.stream().map(String::valueOf).collect(Collectors.joining(" "))
                            : v instanceof Autostart a
                                    ? (a.enabled() ? "on" : "off") + " priority " + a.priority() + " delay "
                                            + a.delaySeconds() + "s"
                                    : v.toString())
                    .orElse("");
        }
    }
}
