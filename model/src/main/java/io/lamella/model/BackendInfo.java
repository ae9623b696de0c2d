package io.lamella.model;

import io.avaje.jsonb.Json;

/** Whether a backend works on this node; {@code detail} is its version, or the reason why not. */
@Json
public record BackendInfo(BackendKind backend, boolean available, String detail) {}
