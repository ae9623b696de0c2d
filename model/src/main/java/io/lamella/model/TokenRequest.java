package io.lamella.model;

import io.avaje.jsonb.Json;
import java.util.Optional;

/**
 * A request for a bearer token.
 *
 * @param slice the one slice that it may manage; absent: the whole node
 */
@Json
public record TokenRequest(String name, Optional<String> slice) {
    public TokenRequest {
        name = Names.check("name", Given.required("name", name));
        slice = Given.optional(slice);
        slice.ifPresent(s -> Names.check("slice", s));
    }
}
