package io.lamella.isolation;

import io.lamella.model.IsolationReport.State;
import io.lamella.model.IsolationReport.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What an action finds, in words. */
final class Steps {
    private static final int NAMED = 2;

    private Steps() {}

    /** @param open the state of what is not as wanted and was not refused */
    static Step of(Action action, Finding finding, State open, Map<String, String> refused) {
        return switch (finding) {
            case Finding.Holds h -> new Step(action.name(), State.VERIFIED, "", h.found(), action.cost(), "");
            case Finding.Unsupported u -> new Step(action.name(), State.UNSUPPORTED, "", u.why(), action.cost(), "");
            case Finding.Boot b ->
                new Step(action.name(), State.NEEDS_REBOOT, "", b.why(), action.cost(), b.parameter());
            case Finding.Wants w -> compared(action, w, open, refused);
        };
    }

    static Step in(Step s, State state) {
        return new Step(s.action(), state, s.expected(), s.found(), s.cost(), s.parameter());
    }

    private static Step compared(Action action, Finding.Wants finding, State open, Map<String, String> refused) {
        List<Want> wants = finding.wants();
        String note = finding.note().isEmpty() ? "" : "; " + finding.note();
        List<String> wrong = new ArrayList<>();
        List<String> stubborn = new ArrayList<>();
        for (Want want : wants) {
            String key = want.knob().key();
            String name = key.substring(key.indexOf(':') + 1);
            boolean missing = want.knob().read().isEmpty() && !(want.knob() instanceof Knob.Placement);
            if (want.open() || missing) {
                if (refused.containsKey(key)) {
                    stubborn.add(name + " refuses: " + refused.get(key));
                } else {
                    wrong.add(name + " has \"" + want.knob().read().orElse("nothing") + "\"");
                }
            }
        }
        String expected = expected(wants);
        if (!wrong.isEmpty()) {
            return new Step(action.name(), open, expected, some(wrong), action.cost(), "");
        }
        if (!stubborn.isEmpty()) {
            return new Step(
                    action.name(), State.UNSUPPORTED, expected, String.join("; ", stubborn) + note, action.cost(), "");
        }
        return new Step(action.name(), State.VERIFIED, expected, "all " + wants.size() + note, action.cost(), "");
    }

    private static String expected(List<Want> wants) {
        List<String> values = wants.stream().map(Want::value).distinct().toList();
        return wants.size() + " × "
                + (values.size() > NAMED + 1
                        ? "their own value"
                        : values.stream().collect(Collectors.joining(" or ")));
    }

    private static String some(List<String> all) {
        String text = all.stream().limit(NAMED).collect(Collectors.joining("; "));
        return all.size() > NAMED ? text + "; and " + (all.size() - NAMED) + " more" : text;
    }
}
