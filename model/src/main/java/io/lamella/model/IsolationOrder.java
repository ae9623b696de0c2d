package io.lamella.model;

import io.avaje.jsonb.Json;
import java.util.Optional;

/**
 * An isolation whose CPUs are decided.
 *
 * @param cpus all that are kept free, idle threads included
 * @param slice whose instances run on them; all its CPUs are isolated then
 */
@Json
public record IsolationOrder(IsolationProfile profile, CpuSet cpus, Optional<String> slice) {
    public IsolationOrder {
        slice = Given.optional(slice);
    }
}
