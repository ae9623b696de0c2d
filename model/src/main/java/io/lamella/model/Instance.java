package io.lamella.model;

import io.avaje.jsonb.Json;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * An instance, as recorded.
 *
 * @param backend what runs it: never {@code auto}
 * @param choice why it is this backend, where the request left that to the node
 * @param digest the image's content, {@code sha256:...}
 * @param cpus the CPUs it may run on, a part of its slice's
 * @param running whether it should be running
 * @param fault why it could not be started, the last time that failed
 */
@Json
public record Instance(
        UUID id,
        String slice,
        InstanceSpec spec,
        BackendKind backend,
        Optional<String> choice,
        String digest,
        CpuSet cpus,
        Phase phase,
        boolean running,
        Optional<String> fault,
        Instant createdAt) {
    public Instance {
        choice = Given.optional(choice);
        fault = Given.optional(fault);
    }

    public String name() {
        return spec.name();
    }

    /** Its key in the store. */
    public String key() {
        return slice + "/" + spec.name();
    }

    /** Its name for backends, the kernel and directories; a name holds no dot, so that this is unique on the node. */
    public String unit() {
        return slice + "." + spec.name();
    }

    public Instance withSpec(InstanceSpec newSpec) {
        return new Instance(id, slice, newSpec, backend, choice, digest, cpus, phase, running, fault, createdAt);
    }

    public Instance withBackend(BackendKind newBackend, Optional<String> newChoice) {
        return new Instance(id, slice, spec, newBackend, newChoice, digest, cpus, phase, running, fault, createdAt);
    }

    public Instance withCpus(CpuSet newCpus) {
        return new Instance(id, slice, spec, backend, choice, digest, newCpus, phase, running, fault, createdAt);
    }

    public Instance withPhase(Phase newPhase) {
        return new Instance(id, slice, spec, backend, choice, digest, cpus, newPhase, running, fault, createdAt);
    }

    public Instance withRunning(boolean nowRunning) {
        return new Instance(
                id, slice, spec, backend, choice, digest, cpus, phase, nowRunning, Optional.empty(), createdAt);
    }

    public Instance withFault(String why) {
        return new Instance(
                id, slice, spec, backend, choice, digest, cpus, phase, running, Optional.of(why), createdAt);
    }
}
