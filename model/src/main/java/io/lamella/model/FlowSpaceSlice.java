package io.lamella.model;

import io.avaje.jsonb.Json;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A slice of the flow space: whose it is and what it gets.
 *
 * @param controllers where the tenant's controllers listen, such as {@code tcp:10.1.0.10:6653}
 * @param flowLimit the most flow entries that it may have in one switch, from 1 to 1,000,000; absent:
 *     1,000,000
 * @param rateLimit how many messages a second its controllers may send to one switch, from 1 to 1,000,000; absent: no
 *     limit
 * @param whenAway absent: {@link FlowSpaceAbsence#IGNORE}
 */
@Json
public record FlowSpaceSlice(
        String name,
        List<String> controllers,
        List<FlowSpaceRule> rules,
        Optional<Integer> flowLimit,
        Optional<Integer> rateLimit,
        Optional<FlowSpaceAbsence> whenAway) {
    private static final int MOST = 1_000_000;

    public FlowSpaceSlice {
        name = Names.check("name", Given.required("name", name));
        controllers = Given.list(controllers);
        rules = Given.list(rules);
        flowLimit = Given.optional(flowLimit);
        rateLimit = Given.optional(rateLimit);
        whenAway = Given.optional(whenAway);
        controllers.forEach(c -> FlowSpaceEndpoint.parse("controllers", c));
        flowLimit.ifPresent(n -> Limits.checkRange("flowLimit", n, 1, MOST));
        rateLimit.ifPresent(n -> Limits.checkRange("rateLimit", n, 1, MOST));
        Set<String> names = new HashSet<>();
        for (FlowSpaceRule r : rules) {
            r.name().filter(n -> !names.add(n)).ifPresent(n -> {
                throw Refusal.invalid("name", "there are two rules of the name \"" + n + "\" in one slice");
            });
        }
    }

    /** A slice without limits. */
    public static FlowSpaceSlice of(String name, List<String> controllers, List<FlowSpaceRule> rules) {
        return new FlowSpaceSlice(name, controllers, rules, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** What the rule at a place of {@code rules} is called: {@code slice/name}, or {@code slice/rules[place]}. */
    public String label(int place) {
        return name + "/" + rules.get(place).name().orElse("rules[" + place + "]");
    }
}
