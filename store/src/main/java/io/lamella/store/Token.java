package io.lamella.store;

import io.avaje.jsonb.Json;
import java.time.Instant;

/**
 * A bearer token for the TLS API. The secret itself is shown once and never stored.
 *
 * @param sha256 of the secret, hexadecimal
 * @param slice the one slice it may manage, or the empty string for the whole node
 */
@Json
public record Token(String name, String sha256, String slice, Instant createdAt) {}
