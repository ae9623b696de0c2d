package io.lamella.model;

import io.avaje.jsonb.Json;
import java.util.Optional;

/**
 * An instance at the moment of asking.
 *
 * @param pid the host's process id of its init or virtual machine
 * @param reason why it is {@code failed}
 * @param choice why the node picked this backend, where it was asked to
 * @param warning what makes it run worse than one would expect
 */
@Json
public record InstanceStatus(
        InstanceState state,
        BackendKind backend,
        CpuSet cpus,
        Optional<Integer> pid,
        Optional<String> reason,
        Optional<String> choice,
        Optional<String> warning) {
    public InstanceStatus {
        pid = Given.optional(pid);
        reason = Given.optional(reason);
        choice = Given.optional(choice);
        warning = Given.optional(warning);
    }
}
