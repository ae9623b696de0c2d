package io.lamella.cli;

import io.lamella.model.FlowSpaceReport;
import io.lamella.model.FlowSpaceReport.Conflict;
import io.lamella.model.FlowSpaceReport.Kind;
import io.lamella.model.FlowSpaceReport.Rule;
import io.lamella.model.FlowSpaceReport.Warning;
import java.util.ArrayList;
import java.util.List;

/** What a check of the flow space found: each conflict with a packet that proves it, the warnings, the verdict. */
final class FlowSpaceText {
    private static final int SHADOWS = 3;
    private static final String RED = "31";
    private static final String YELLOW = "33";
    private static final String GREEN = "32";

    private final StringBuilder s = new StringBuilder();
    private final FlowSpaceReport report;
    private final boolean colour;

    private FlowSpaceText(FlowSpaceReport report, boolean colour) {
        this.report = report;
        this.colour = colour;
    }

    static String of(FlowSpaceReport report, boolean colour) {
        FlowSpaceText text = new FlowSpaceText(report, colour);
        report.conflicts().forEach(text::conflict);
        report.warnings().forEach(text::warning);
        if (!report.warnings().isEmpty()) {
            text.s.append('\n');
        }
        text.verdict();
        return text.s.toString();
    }

    private void conflict(Conflict c) {
        String first = c.first().rule();
        String second = c.second().rule();
        painted(c.kind() == Kind.READ_READ ? YELLOW : RED, c.kind().word());
        s.append(
                        switch (c.kind()) {
                            case WRITE_WRITE -> "  " + first + " and " + second + " both decide about one packet";
                            case WRITE_READ -> "  " + first + " decides about a packet that " + second + " sees";
                            case READ_READ -> "  " + first + " and " + second + " both see one packet";
                        })
                .append("\n\n");
        Table table = Table.of("  FIELD", "PACKET", first, second);
        c.packet()
                .forEach((field, value) ->
                        table.row("  " + field, value, said(c.first(), field), said(c.second(), field)));
        table.row("  (others)", "anything", "-", "-");
        table.row("  priority", "", priority(c.first()), priority(c.second()));
        table.row(
                "  permission",
                "",
                c.first().permission().word(),
                c.second().permission().word());
        s.append(table.text()).append('\n');
    }

    /** What a rule says about a field; what only follows from its other fields is not said. */
    private static String said(Rule rule, String field) {
        return rule.match().getOrDefault(field, "-");
    }

    private static String priority(Rule rule) {
        return Integer.toString(rule.priority());
    }

    private void warning(Warning w) {
        painted(YELLOW, "warning");
        String rule = Table.printable(w.rule().rule());
        if (w.contradiction().isPresent()) {
            s.append("  ")
                    .append(rule)
                    .append(" can never match: ")
                    .append(Table.printable(w.contradiction().get()));
        } else {
            s.append("  ")
                    .append(rule)
                    .append(" gets no packet: of higher priority are ")
                    .append(shadows(w));
        }
        s.append('\n');
    }

    private static String shadows(Warning w) {
        List<String> by = w.shadowedBy();
        return by.size() <= SHADOWS
                ? String.join(", ", by)
                : String.join(", ", by.subList(0, SHADOWS)) + " and " + (by.size() - SHADOWS) + " more";
    }

    private void verdict() {
        switch (report.verdict()) {
            case ISOLATED -> {
                painted(GREEN, "isolated");
                s.append(": no packet belongs to two slices (")
                        .append(counted(report.slices(), "slice"))
                        .append(", ")
                        .append(counted(report.rules(), "rule"))
                        .append(")\n");
            }
            case OBSERVED -> {
                painted(YELLOW, "not isolated");
                s.append(": slices can observe the same packets, but not affect them")
                        .append(counts());
            }
            case AFFECTED -> {
                painted(RED, "not isolated");
                s.append(": slices can affect each other's packets").append(counts());
            }
        }
    }

    private String counts() {
        List<String> counts = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            long n = report.conflicts().stream().filter(c -> c.kind() == kind).count();
            if (n > 0) {
                counts.add(n + " " + kind.word());
            }
        }
        return " (" + String.join(", ", counts) + (report.more() ? "; there are more, --limit prints them" : "")
                + ")\n";
    }

    private static String counted(int n, String what) {
        return n + " " + what + (n == 1 ? "" : "s");
    }

    private void painted(String code, String word) {
        s.append(colour ? "\u001b[" + code + "m" + word + "\u001b[0m" : word);
    }
}
