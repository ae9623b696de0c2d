package io.lamella.model;

import io.lamella.model.NodeCheckReport.Item;
import io.lamella.model.NodeCheckReport.State;
import io.lamella.model.Requirement.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Compares what was found on a machine with what capabilities need. */
public final class NodeCheck {
    private NodeCheck() {}

    /**
     * @param capabilities those that are asked for
     * @param facts where it has only a configuration, only kernel options are compared
     */
    public static NodeCheckReport of(List<Requirement> table, Set<Capability> capabilities, NodeFacts facts) {
        List<Item> items = table.stream()
                .filter(r -> capabilities.contains(r.capability()))
                .filter(r -> r.concerns(facts.machine()))
                .filter(r -> r.kind() == Kind.OPTION || facts.surroundings().isPresent())
                .map(r -> item(r, facts))
                .toList();
        return new NodeCheckReport(facts.machine(), facts.kernel(), items);
    }

    /** What was found, and what it means. */
    private record Finding(State state, String found, String broughtBy) {
        static Finding there(String found) {
            return new Finding(State.THERE, found, "");
        }
    }

    private static Item item(Requirement r, NodeFacts facts) {
        Finding f = r.kind() == Kind.OPTION
                ? option(r, facts)
                : facts.surroundings().map(s -> surrounding(r, s)).orElseThrow();
        String wanted = r.kind() == Kind.OPTION ? r.accepted() : "";
        return new Item(
                r.capability(),
                r.kind(),
                r.name(),
                f.state(),
                r.required(),
                wanted,
                f.found(),
                r.purpose(),
                f.broughtBy());
    }

    private static Finding option(Requirement r, NodeFacts facts) {
        Optional<KernelConfig> config = facts.config();
        if (config.isEmpty()) {
            // without the configuration a module that is there is all that proves anything
            return modules(r).stream().anyMatch(facts.loaded()::contains)
                    ? Finding.there("in use")
                    : new Finding(State.UNKNOWN, "no configuration", "the kernel with IKCONFIG_PROC, or --config FILE");
        }
        List<String> found = new ArrayList<>();
        String lacking = "";
        for (int i = 0; i < r.names().size(); i++) {
            String value = config.get().value(r.names().get(i)).orElse("not set");
            if (value.equals("y")) {
                return Finding.there("y");
            }
            if (value.equals("m") && i < modules(r).size()) {
                String module = modules(r).get(i);
                if (facts.loaded().contains(module)
                        || facts.installedModules().map(m -> m.contains(module)).orElse(true)) {
                    return Finding.there("m");
                }
                lacking = module;
                value = "m, but no module " + module;
            }
            found.add(value.equals("n") ? "not set" : value);
        }
        String cure = lacking.isEmpty()
                ? r.broughtBy()
                : "Debian: the kernel's package; Yocto: kernel-module-" + lacking.replace('_', '-');
        return new Finding(
                State.MISSING, String.join("; ", found.stream().distinct().toList()), cure);
    }

    private static List<String> modules(Requirement r) {
        return r.module().isEmpty() ? List.of() : List.of(r.module().split(" "));
    }

    private static Finding surrounding(Requirement r, NodeFacts.Surroundings s) {
        Set<String> there = switch (r.kind()) {
            case CONTROLLER -> s.controllers();
            case DEVICE -> s.devices();
            case CPU -> s.cpuFlags();
            case TOOL -> s.tools();
            case OPTION -> throw new IllegalArgumentException("an option is the kernel's: " + r);
        };
        Optional<String> found = r.names().stream().filter(there::contains).findFirst();
        if (found.isPresent()) {
            return Finding.there(found.get());
        }
        if (r.kind() == Kind.CONTROLLER && there.isEmpty()) {
            return new Finding(State.UNKNOWN, "no control groups mounted", "mounting /sys/fs/cgroup");
        }
        if (r.kind() == Kind.CPU && there.isEmpty()) {
            return new Finding(State.UNKNOWN, "no flags in /proc/cpuinfo", "reading /proc/cpuinfo");
        }
        return new Finding(State.MISSING, "not found", r.broughtBy());
    }
}
