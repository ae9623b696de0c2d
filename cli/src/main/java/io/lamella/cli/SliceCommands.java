package io.lamella.cli;

import io.lamella.model.ByteSize;
import io.lamella.model.CpuRequest;
import io.lamella.model.SliceSpec;
import io.lamella.model.SliceView;
import java.util.List;
import java.util.Optional;

/** The commands over slices. */
final class SliceCommands {
    private SliceCommands() {}

    static int create(Invocation in) {
        SliceSpec spec = new SliceSpec(
                in.operand(0),
                in.option("cpus").map(s -> CpuRequest.parse("cpus", s)),
                in.option("memory").map(s -> ByteSize.parse("memory", s)),
                in.number("max-instances"));
        return in.print(in.api().post("/slices", spec), SliceCommands::table);
    }

    static int list(Invocation in) {
        return in.print(in.api().get("/slices"), answer -> table(Api.readList(SliceView.class, answer)));
    }

    static int show(Invocation in) {
        return in.print(in.api().get(Api.path("slices", in.operand(0))), SliceCommands::details);
    }

    static int set(Invocation in) {
        String path = Api.path("slices", in.operand(0));
        SliceSpec now = in.api().get(SliceView.class, path).spec();
        Optional<CpuRequest> cpus = now.cpus();
        Optional<ByteSize> memory = now.memory();
        Optional<Integer> most = now.maxInstances();
        for (Setting s : Setting.of(in.operands())) {
            boolean none = s.value().equals("none");
            switch (s.key()) {
                case "cpus" -> cpus = none ? Optional.empty() : Optional.of(CpuRequest.parse("cpus", s.value()));
                case "memory" -> memory = none ? Optional.empty() : Optional.of(ByteSize.parse("memory", s.value()));
                case "maxInstances", "max-instances" -> most = none ? Optional.empty() : Optional.of(s.number());
                default -> throw s.unknown(List.of("cpus", "memory", "maxInstances"));
            }
        }
        return in.print(in.api().put(path, new SliceSpec(now.name(), cpus, memory, most)), SliceCommands::table);
    }

    static int delete(Invocation in) {
        for (String name : in.operands()) {
            in.api().delete(Api.path("slices", name) + (in.flag("force") ? "?force=true" : ""));
            in.done("slice " + name + " deleted");
        }
        return 0;
    }

    private static String table(String answer) {
        return table(List.of(Api.read(SliceView.class, answer)));
    }

    private static String table(List<SliceView> slices) {
        Table table = Table.of("NAME", "CPUS", "DEDICATED", "MEMORY", "RESERVED", "INSTANCES", "RUNNING", "NETWORKS");
        for (SliceView s : slices) {
            table.row(
                    s.name(),
                    s.cpus().toString(),
                    s.dedicated() ? "yes" : "no",
                    s.spec().memory().map(ByteSize::toString).orElse("-"),
                    s.reservedMemory().toString(),
                    s.instances() + s.spec().maxInstances().map(n -> "/" + n).orElse(""),
                    Integer.toString(s.running()),
                    Integer.toString(s.networks()));
        }
        return table.text();
    }

    private static String details(String answer) {
        SliceView s = Api.read(SliceView.class, answer);
        Table t = Table.plain();
        t.row("Name:", s.name());
        t.row("CPUs:", s.cpus() + (s.dedicated() ? " (its own)" : " (shared)"));
        t.row("Memory:", s.spec().memory().map(ByteSize::toString).orElse("no limit of its own"));
        t.row("Reserved:", s.reservedMemory().toString());
        t.row(
                "Instances:",
                s.instances()
                        + s.spec().maxInstances().map(n -> " of at most " + n).orElse(""));
        t.row("Running:", Integer.toString(s.running()));
        t.row("Networks:", Integer.toString(s.networks()));
        t.row("User ids:", s.ids().toString());
        t.row("Created:", s.createdAt().toString());
        return t.text();
    }
}
