package io.lamella.model;

import io.avaje.jsonb.Json;
import java.util.Optional;

/**
 * What a slice is asked to be.
 *
 * @param cpus the CPUs that are the slice's alone; absent: it shares the CPUs that no slice owns
 * @param memory the most memory its instances may use together; absent: no limit of its own
 * @param maxInstances the most instances it may hold; absent: no limit
 */
@Json
public record SliceSpec(
        String name, Optional<CpuRequest> cpus, Optional<ByteSize> memory, Optional<Integer> maxInstances) {
    public SliceSpec {
        name = Names.check("name", Given.required("name", name));
        cpus = Given.optional(cpus);
        memory = Given.optional(memory);
        maxInstances = Given.optional(maxInstances);
        memory.ifPresent(m -> Limits.checkMemory("memory", m));
        maxInstances.ifPresent(n -> Limits.checkRange("maxInstances", n, 1, 100_000));
    }
}
