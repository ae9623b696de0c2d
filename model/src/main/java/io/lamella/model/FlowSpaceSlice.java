package io.lamella.model;

import io.avaje.jsonb.Json;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A slice of the flow space: whose it is and what it gets.
 *
 * @param controllers where the tenant's controllers listen, such as {@code tcp:10.1.0.10:6653}
 */
@Json
public record FlowSpaceSlice(String name, List<String> controllers, List<FlowSpaceRule> rules) {
    private static final Pattern CONTROLLER =
            Pattern.compile("(?:tcp|tls):(?:[A-Za-z0-9.-]+|\\[[0-9a-fA-F:.]+]):([0-9]{1,5})");

    public FlowSpaceSlice {
        name = Names.check("name", Given.required("name", name));
        controllers = Given.list(controllers);
        rules = Given.list(rules);
        for (String c : controllers) {
            Matcher m = CONTROLLER.matcher(c);
            if (!m.matches() || Integer.parseInt(m.group(1)) == 0 || Integer.parseInt(m.group(1)) > 65535) {
                throw Refusal.invalid("controllers", c, "tcp:HOST:PORT or tls:HOST:PORT, such as tcp:10.1.0.10:6653");
            }
        }
        Set<String> names = new HashSet<>();
        for (FlowSpaceRule r : rules) {
            r.name().filter(n -> !names.add(n)).ifPresent(n -> {
                throw Refusal.invalid("name", "there are two rules of the name \"" + n + "\" in one slice");
            });
        }
    }

    /** What the rule at a place of {@code rules} is called: {@code slice/name}, or {@code slice/rules[place]}. */
    public String label(int place) {
        return name + "/" + rules.get(place).name().orElse("rules[" + place + "]");
    }
}
