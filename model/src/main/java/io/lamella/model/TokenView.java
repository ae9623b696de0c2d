package io.lamella.model;

import io.avaje.jsonb.Json;
import java.time.Instant;
import java.util.Optional;

/**
 * A token as the API shows it: without its secret.
 *
 * @param slice the one slice that it may manage; absent: the whole node
 */
@Json
public record TokenView(String name, Optional<String> slice, Instant createdAt) {
    public TokenView {
        slice = Given.optional(slice);
    }
}
