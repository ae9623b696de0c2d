package io.lamella.model;

import io.avaje.jsonb.Json;
import java.time.Instant;

/**
 * A network, as recorded.
 *
 * @param segment the number that separates its frames from all others' on the switch, 1 to 16777215 and unique on the
 *     node
 */
@Json
public record Network(String slice, NetworkSpec spec, int segment, Instant createdAt) {
    public String name() {
        return spec.name();
    }

    /** Its key in the store. */
    public String key() {
        return slice + "/" + spec.name();
    }
}
