package io.lamella.model;

import io.avaje.jsonb.Json;
import java.time.Instant;

/**
 * Something that happened on the node.
 *
 * @param number counts up from 1 since the daemon's start
 * @param type such as {@code instance.started}
 * @param slice the slice it concerns, or the empty string
 * @param name the object it concerns
 * @param message a sentence
 */
@Json
public record Event(long number, Instant time, String type, String slice, String name, String message) {}
