package io.lamella.model;

import io.avaje.jsonb.Json;
import java.time.Instant;

/**
 * A tenant's isolated share of the node, as recorded.
 *
 * @param cpus the CPUs assigned to the slice now; the slice's own where {@code spec.cpus} asked for some
 * @param ids the host ids that its containers' users are mapped to
 */
@Json
public record Slice(SliceSpec spec, CpuSet cpus, IdRange ids, Phase phase, Instant createdAt) {
    public String name() {
        return spec.name();
    }

    /** True where the CPUs are this slice's alone. */
    public boolean dedicated() {
        return spec.cpus().isPresent();
    }

    public Slice withSpec(SliceSpec newSpec) {
        return new Slice(newSpec, cpus, ids, phase, createdAt);
    }

    public Slice withCpus(CpuSet newCpus) {
        return new Slice(spec, newCpus, ids, phase, createdAt);
    }

    public Slice withPhase(Phase newPhase) {
        return new Slice(spec, cpus, ids, newPhase, createdAt);
    }
}
