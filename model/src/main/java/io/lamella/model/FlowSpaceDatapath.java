package io.lamella.model;

import io.avaje.jsonb.Json;

/**
 * A switch by name.
 *
 * @param id its datapath id, such as {@code 00:00:00:00:00:00:00:01} or {@code 0x1}; kept in the first form
 */
@Json
public record FlowSpaceDatapath(String name, String id) {
    public FlowSpaceDatapath {
        name = Names.check("name", Given.required("name", name));
        HeaderSet set = HeaderText.parse("id", HeaderField.DATAPATH, Given.required("id", id));
        if (set.low() != set.high()) {
            throw Refusal.invalid("id", id, "one datapath id such as 00:00:00:00:00:00:00:01");
        }
        id = HeaderText.text(HeaderField.DATAPATH, set);
    }
}
