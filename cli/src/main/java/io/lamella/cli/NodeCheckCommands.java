package io.lamella.cli;

import io.lamella.model.Capability;
import io.lamella.model.Codec;
import io.lamella.model.KernelFragment;
import io.lamella.model.NodeCheck;
import io.lamella.model.NodeCheckReport;
import io.lamella.model.NodeCheckReport.Item;
import io.lamella.model.NodeCheckReport.State;
import io.lamella.model.NodeFacts;
import io.lamella.model.Requirements;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What this machine, or another kernel, has of what capabilities need. No daemon is asked. */
final class NodeCheckCommands {
    private NodeCheckCommands() {}

    /** Ends with 1 where not everything that is required is known to be there. */
    static int check(Invocation in) throws IOException {
        Set<Capability> wanted = capabilities(in);
        NodeCheckReport report = NodeCheck.of(Requirements.all(), wanted, facts(in));
        in.print(Codec.write(report), json -> text(report, in.flag("all")));
        return report.complete() ? 0 : 1;
    }

    static int fragment(Invocation in) {
        in.out().print(KernelFragment.of(List.copyOf(capabilities(in)), machine(in)));
        return 0;
    }

    private static NodeFacts facts(Invocation in) throws IOException {
        Optional<String> file = in.option("config");
        if (file.isEmpty()) {
            if (in.option("machine").isPresent()) {
                throw Failure.wrongUse("--machine goes with --config only: this machine is what it is");
            }
            return new NodeProbe(Path.of("/"), in.environment()).machine();
        }
        try {
            return NodeProbe.kernel(machine(in), Path.of(file.get()));
        } catch (IOException e) {
            throw Failure.wrongUse("the file \"" + file.get() + "\" cannot be read: " + Endpoint.reason(e));
        }
    }

    private static String machine(Invocation in) {
        return in.option("machine").orElseGet(NodeProbe::architecture);
    }

    /** Those that the command line names, in the order of the table; else all. */
    private static Set<Capability> capabilities(Invocation in) {
        Set<Capability> wanted = EnumSet.noneOf(Capability.class);
        in.options("capability").forEach(word -> wanted.add(Capability.of(word)));
        return wanted.isEmpty() ? EnumSet.allOf(Capability.class) : wanted;
    }

    private static String text(NodeCheckReport report, boolean all) {
        StringBuilder s = new StringBuilder(
                Table.printable("Machine " + report.machine() + ", kernel " + report.kernel()) + "\n\n");
        Table summary = Table.of("CAPABILITY", "THERE", "MISSING", "UNKNOWN", "RECOMMENDED, NOT THERE");
        for (Capability c : Capability.values()) {
            List<Item> items =
                    report.items().stream().filter(i -> i.capability() == c).toList();
            if (!items.isEmpty()) {
                summary.row(
                        c.word(),
                        Long.toString(items.stream()
                                .filter(i -> i.state() == State.THERE)
                                .count()),
                        required(items, State.MISSING),
                        required(items, State.UNKNOWN),
                        Long.toString(items.stream()
                                .filter(i -> !i.required() && i.state() != State.THERE)
                                .count()));
            }
        }
        s.append(summary.text());
        List<Item> shown = report.items().stream()
                .filter(i -> all || i.state() != State.THERE)
                .toList();
        if (!shown.isEmpty()) {
            Table table = Table.of("CAPABILITY", "WHAT", "NAME", "STATE", "FOUND", "FOR", "BROUGHT BY");
            for (Item i : shown) {
                String state = i.required() || i.state() == State.THERE
                        ? i.state().word()
                        : i.state().word() + " (recommended)";
                table.row(
                        i.capability().word(), i.kind().word(), i.name(), state, i.found(), i.purpose(), i.broughtBy());
            }
            s.append('\n').append(table.text());
        }
        return s.toString();
    }

    private static String required(List<Item> items, State state) {
        return Long.toString(
                items.stream().filter(i -> i.required() && i.state() == state).count());
    }
}
