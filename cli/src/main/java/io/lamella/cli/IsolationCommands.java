package io.lamella.cli;

import io.lamella.model.BootParameters;
import io.lamella.model.CpuRequest;
import io.lamella.model.IsolationProfile;
import io.lamella.model.IsolationReport;
import io.lamella.model.IsolationReport.State;
import io.lamella.model.IsolationRequest;
import io.lamella.model.NumaPolicy;
import io.lamella.model.Refusal;
import java.util.Optional;

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
