package io.lamella.cli;

import io.lamella.model.BootParameters;
import io.lamella.model.CpuRequest;
import io.lamella.model.GateReport;
import io.lamella.model.GateRequest;
import io.lamella.model.GateRun;
import io.lamella.model.IsolationProfile;
import io.lamella.model.IsolationReport;
import io.lamella.model.IsolationReport.State;
import io.lamella.model.IsolationRequest;
import io.lamella.model.Latency;
import io.lamella.model.NumaPolicy;
import io.lamella.model.Refusal;
import java.util.Optional;
import java.util.function.Function;

/** The commands that keep CPUs free of everything else. */
final class IsolationCommands {
    private IsolationCommands() {}

    static int plan(Invocation in) {
        return in.print(in.api().post("/isolation/plan", request(in)), answer -> {
            IsolationReport report = Api.read(IsolationReport.class, answer);
            Table table = Table.of("ACTION", "STATE", "WANTED", "NOW", "COST");
            for (IsolationReport.Step s : report.steps()) {
                table.row(s.action(), s.state().word(), wanted(s), s.found(), s.cost());
            }
            return head(report) + table.text();
        });
    }

    static int apply(Invocation in) {
        return in.print(in.api().put("/isolation", request(in)), IsolationCommands::compared);
    }

    static int verify(Invocation in) {
        return checked(in, in.api().get("/isolation"));
    }

    static int undo(Invocation in) {
        return checked(in, in.api().post("/isolation/undo"));
    }

    /** Exit code 1 where something is not as it should be. */
    private static int checked(Invocation in, String answer) {
        in.print(answer, IsolationCommands::compared);
        return Api.read(IsolationReport.class, answer).holds() ? 0 : 1;
    }

    private static String compared(String answer) {
        IsolationReport report = Api.read(IsolationReport.class, answer);
        Table table = Table.of("ACTION", "STATE", "EXPECTED", "FOUND");
        for (IsolationReport.Step s : report.steps()) {
            table.row(s.action(), s.state().word(), wanted(s), s.found());
        }
        return head(report) + table.text();
    }

    private static String wanted(IsolationReport.Step s) {
        return s.state() == State.NEEDS_REBOOT ? s.parameter() : s.expected();
    }

    private static String head(IsolationReport r) {
        String whose = r.slice().map(s -> " of slice " + s).orElse("");
        return Table.printable("CPUs " + r.cpus() + whose + ", profile " + r.profile() + "; housekeeping on "
                        + r.housekeeping())
                + "\n";
    }

    /** What has drifted by now, then what happens. */
    static int watch(Invocation in) {
        String now = in.api().get("/isolation");
        if (in.format() == Format.TABLE) {
            IsolationReport report = Api.read(IsolationReport.class, now);
            in.out().print(head(report));
            for (IsolationReport.Step s : report.steps()) {
                if (s.state() == State.DRIFTED) {
                    in.out().println(Table.printable(s.action() + " drifted: " + s.found()));
                }
            }
            in.out().flush();
        }
        return NodeCommands.follow(in, "", type -> type.startsWith("isolation."));
    }

    static int gate(Invocation in) {
        GateRequest request;
        try {
            request = new GateRequest(
                    Optional.of(in.flag("record")),
                    in.option("seconds").map(s -> number("--seconds", s, Integer::valueOf)),
                    in.option("factor").map(f -> number("--factor", f, Double::valueOf)));
        } catch (Refusal e) {
            throw Failure.wrongUse("--" + e.getMessage());
        }
        String answer = in.api().post("/isolation/gate", request);
        in.print(answer, text -> gateText(Api.read(GateReport.class, text)));
        return Api.read(GateReport.class, answer).passed() ? 0 : 1;
    }

    private static <T> T number(String option, String text, Function<String, T> reading) {
        try {
            return reading.apply(text);
        } catch (NumberFormatException e) {
            throw Failure.wrongUse(option + " \"" + text + "\" is not allowed: it must be a number");
        }
    }

    private static String gateText(GateReport report) {
        Table table = Table.of("", "KERNEL", "METHOD", "SAMPLES", "P50", "P99", "P99.9", "P99.99", "MAX");
        report.baseline().ifPresent(b -> row(table, "baseline", b));
        row(table, report.baseline().isPresent() ? "now" : "recorded", report.run());
        String verdict = report.baseline().isEmpty()
                ? ""
                : report.passed()
                        ? "not worse than " + report.factor() + " times the baseline\n"
                        : "worse than " + report.factor() + " times the baseline: "
                                + Table.printable(String.join(", ", report.worse())) + "\n";
        return Table.printable("CPUs " + report.run().cpus() + ", profile "
                        + report.run().profile() + "; microseconds")
                + "\n" + table.text() + verdict;
    }

    private static void row(Table table, String name, GateRun run) {
        Latency l = run.latency();
        table.row(
                name,
                run.kernel(),
                l.method(),
                "" + l.samples(),
                "" + l.p50(),
                "" + l.p99(),
                "" + l.p999(),
                "" + l.p9999(),
                "" + l.max());
    }

    static int bootParameters(Invocation in) {
        if (in.flag("grub") && in.flag("yocto")) {
            throw Failure.wrongUse("--grub and --yocto cannot be given together");
        }
        return in.print(in.api().post("/isolation/boot-parameters", request(in)), answer -> {
            BootParameters p = Api.read(BootParameters.class, answer);
            String line = Table.printable(p.line());
            if (in.flag("grub")) {
                return "# Keeps CPUs " + p.cpus() + " free; run update-grub and reboot.\n"
                        + "GRUB_CMDLINE_LINUX_DEFAULT=\"$GRUB_CMDLINE_LINUX_DEFAULT " + line + "\"\n";
            }
            if (in.flag("yocto")) {
                return "# Keeps CPUs " + p.cpus() + " free.\nAPPEND:append = \" " + line + "\"\n";
            }
            return line + "\n";
        });
    }

    private static IsolationRequest request(Invocation in) {
        try {
            return new IsolationRequest(
                    in.option("profile").map(p -> IsolationProfile.parse("--profile", p)),
                    in.option("cpus").map(c -> CpuRequest.parse("--cpus", c)),
                    in.option("slice"),
                    in.flag("part-cores") ? Optional.of(false) : Optional.empty(),
                    in.flag("single-threads") ? Optional.of(1) : Optional.empty(),
                    in.option("numa").map(n -> NumaPolicy.parse("--numa", n)));
        } catch (Refusal e) {
            throw Failure.wrongUse(e.getMessage());
        }
    }
}
