package io.lamella.model;

import io.avaje.jsonb.Json;

/**
 * A new token, shown this once.
 *
 * @param token the secret: {@code lml_} and 43 characters of base64url
 */
@Json
public record TokenSecret(String name, String token) {
    /** The secret stays out of logs. */
    @Override
    public String toString() {
        return "TokenSecret[name=" + name + "]";
    }
}
