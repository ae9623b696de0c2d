package io.lamella.model;

import io.avaje.jsonb.Json;
import java.time.Instant;

/**
 * A slice as the API shows it.
 *
 * @param dedicated whether the CPUs are the slice's alone
 * @param instances how many instances it holds
 * @param running how many of them should be running
 * @param reservedMemory the sum of its instances' memory limits
 */
@Json
public record SliceView(
        String name,
        SliceSpec spec,
        CpuSet cpus,
        boolean dedicated,
        IdRange ids,
        int instances,
        int running,
        int networks,
        ByteSize reservedMemory,
        Instant createdAt) {}
