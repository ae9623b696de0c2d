package io.lamella.cli;

import io.lamella.model.ApplyPlan;
import io.lamella.model.BackendInfo;
import io.lamella.model.Event;
import io.lamella.model.NodeInfo;
import io.lamella.model.NodeSpec;
import io.lamella.model.TokenRequest;
import io.lamella.model.TokenSecret;
import io.lamella.model.TokenView;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Predicate;

/** The commands over the node as a whole. */
final class NodeCommands {
    private NodeCommands() {}

    static int show(Invocation in) {
        return in.print(in.api().get("/node"), NodeCommands::details);
    }

    private static String details(String answer) {
        NodeInfo n = Api.read(NodeInfo.class, answer);
        Table t = Table.plain();
        t.row("Host name:", n.hostname());
        t.row("Lamella:", n.version());
        t.row("Kernel:", n.kernel() + " " + n.architecture());
        t.row("CPUs:", n.cpus() + " (free: " + (n.freeCpus().isEmpty() ? "none" : n.freeCpus()) + ")");
        t.row(
                "Memory:",
                (n.memory().bytes() >> 20) + "M (reserved: "
                        + (n.reservedMemory().bytes() >> 20) + "M)");
        t.row("Control groups:", n.cgroup());
        t.row("Datapath:", n.datapath());
        t.row("Switch:", n.switchState());
        for (BackendInfo b : n.backends()) {
            t.row("Backend " + b.backend().word() + ":", (b.available() ? "" : "not available: ") + b.detail());
            b.warning().ifPresent(w -> t.row("  Warning:", w));
        }
        return t.text();
    }

    /** Prints events until it is interrupted or the daemon ends. */
    static int events(Invocation in) {
        return follow(in, in.slice().map(s -> "?" + Api.query("slice", s)).orElse(""), type -> true);
    }

    /** Prints the events of some types until it is interrupted or the daemon ends. */
    static int follow(Invocation in, String query, Predicate<String> types) {
        in.api().stream("/events" + query, body -> {
            ServerEvents events = new ServerEvents(body);
            for (Optional<String> e = events.next(); e.isPresent(); e = events.next()) {
                if (!types.test(Api.read(Event.class, e.get()).type())) {
                    continue;
                }
                in.out().print(text(in.format(), e.get()));
                in.out().flush();
                if (in.out().checkError()) {
                    return; // nobody reads any more
                }
            }
        });
        throw Failure.failed("the daemon ended the stream of events");
    }

    private static String text(Format format, String json) {
        return switch (format) {
            case JSON -> Json.line(Json.parse(json)) + "\n";
            case YAML -> "---\n" + format.text(json);
            case TABLE -> {
                Event e = Api.read(Event.class, json);
                String what = e.slice().isEmpty() || e.slice().equals(e.name()) ? e.name() : e.slice() + "/" + e.name();
                yield Table.printable(e.time() + "  " + e.type() + "  " + what + "  " + e.message()) + "\n";
            }
        };
    }

    static int apply(Invocation in) throws IOException {
        NodeSpec wanted = in.file("node.yaml", NodeFile::read);
        String query = "?dryRun=" + in.flag("dry-run") + "&prune=" + in.flag("prune");
        return in.print(in.api().post("/apply" + query, wanted), answer -> {
            ApplyPlan plan = Api.read(ApplyPlan.class, answer);
            return PlanText.of(plan, in.flag("dry-run"), in.environment().colour());
        });
    }

    static int export(Invocation in) {
        Format format = Format.of(in.option("format").orElse("yaml"));
        in.out()
                .print((format == Format.JSON ? format : Format.YAML)
                        .text(in.api().get("/export")));
        return 0;
    }

    static int createToken(Invocation in) {
        TokenRequest request = new TokenRequest(in.operand(0), in.option("slice"));
        return in.print(
                in.api().post("/tokens", request),
                answer -> Api.read(TokenSecret.class, answer).token() + "\n");
    }

    static int listTokens(Invocation in) {
        return in.print(in.api().get("/tokens"), answer -> {
            Table table = Table.of("NAME", "SLICE", "CREATED");
            for (TokenView t : Api.readList(TokenView.class, answer)) {
                table.row(t.name(), t.slice().orElse("(all)"), t.createdAt().toString());
            }
            return table.text();
        });
    }

    static int deleteToken(Invocation in) {
        for (String name : in.operands()) {
            in.api().delete(Api.path("tokens", name));
            in.done("token " + name + " deleted");
        }
        return 0;
    }
}
