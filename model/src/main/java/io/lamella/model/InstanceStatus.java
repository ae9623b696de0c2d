package io.lamella.model;

import io.avaje.jsonb.Json;
import java.util.Optional;

/**
 * An instance at the moment of asking.
 *
 * @param pid the host's process id of its init or virtual machine
 * @param reason why it is {@code failed}
 */
@Json
public record InstanceStatus(
        InstanceState state, BackendKind backend, CpuSet cpus, Optional<Integer> pid, Optional<String> reason) {
    public InstanceStatus {
        pid = Given.optional(pid);
        reason = Given.optional(reason);
    }
}
