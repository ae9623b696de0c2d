package io.lamella.model;

import io.avaje.jsonb.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Packets that a slice gets.
 *
 * @param name absent: the rule is known by its place in the list
 * @param priority 0 to 65535, absent: 0. A packet belongs to the rules of the highest priority that match it, of all
 *     slices' rules; the others do not count for it
 * @param match values by the names of {@link HeaderField}s; a packet must meet all of them, so every packet where
 *     there are none. A datapath may be called by its name
 */
@Json
public record FlowSpaceRule(
        Optional<String> name, Optional<Integer> priority, FlowSpacePermission permission, Map<String, String> match) {
    public FlowSpaceRule {
        name = Given.optional(name);
        priority = Given.optional(priority);
        permission = Given.required("permission", permission);
        match = Given.map(Given.required("match", match));
        name.ifPresent(n -> Names.check("name", n));
        priority.ifPresent(p -> Limits.checkRange("priority", p, 0, 65535));
        Map<String, String> others = new LinkedHashMap<>(match);
        others.remove(HeaderField.DATAPATH.word()); // only the whole configuration knows the datapaths' names
        HeaderMatch.parse("match", others);
    }
}
