package io.lamella.cli;

import io.lamella.model.ApplyPlan;
import io.lamella.model.ApplyPlan.Change;
import io.lamella.model.ApplyPlan.FieldChange;
import java.util.EnumMap;
import java.util.Map;

/** A plan as a diff: + is made, ~ is changed, - is deleted; a start or stop is a change. */
final class PlanText {
    private PlanText() {}

    static String of(ApplyPlan plan, boolean dryRun, boolean colour) {
        if (plan.changes().isEmpty()) {
            return "nothing to do: the node is as the file says\n";
        }
        StringBuilder s = new StringBuilder();
        Map<ApplyPlan.Action, Integer> counts = new EnumMap<>(ApplyPlan.Action.class);
        for (Change change : plan.changes()) {
            counts.merge(change.action(), 1, Integer::sum);
            change(s, change, colour);
        }
        StringBuilder total = new StringBuilder();
        counts.forEach((action, n) -> total.append(total.isEmpty() ? "" : ", ")
                .append(n)
                .append(" to ")
                .append(action.word()));
        return s.append(dryRun ? "planned: " : "done: ")
                .append(total)
                .append('\n')
                .toString();
    }

    private static void change(StringBuilder s, Change change, boolean colour) {
        String sign = switch (change.action()) {
            case CREATE -> "+";
            case DELETE -> "-";
            case REPLACE -> "-/+";
            case UPDATE, START, STOP -> "~";
        };
        String name = change.kind().equals("slice") ? change.name() : change.slice() + "/" + change.name();
        String verb = switch (change.action()) {
            case START, STOP, REPLACE -> " (" + change.action().word() + ")";
            case CREATE, DELETE, UPDATE -> "";
        };
        line(s, sign, sign + " " + change.kind() + " " + name + verb, colour);
        for (FieldChange f : change.fields()) {
            String text = f.field() + ": " + f.after();
            if (f.after().isEmpty()) {
                line(s, "-", "  - " + f.field() + ": " + f.before(), colour);
            } else if (f.before().isEmpty()) {
                line(s, "+", "  + " + text, colour);
            } else {
                line(s, "~", "  ~ " + f.field() + ": " + f.before() + " -> " + f.after(), colour);
            }
        }
    }

    private static void line(StringBuilder s, String sign, String text, boolean colour) {
        String code = switch (sign) {
            case "+" -> "\u001b[32m";
            case "-", "-/+" -> "\u001b[31m";
            default -> "\u001b[33m";
        };
        s.append(colour ? code : "")
                .append(Table.printable(text))
                .append(colour ? "\u001b[0m" : "")
                .append('\n');
    }
}
