package io.lamella.model;

import io.avaje.jsonb.Json;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * An instance as the API shows it.
 *
 * @param kernel what the kernel reports; present where one instance is asked for and it runs
 */
@Json
public record InstanceView(
        UUID id,
        String slice,
        String name,
        InstanceSpec spec,
        InstanceStatus status,
        List<Port> ports,
        Optional<KernelView> kernel,
        Instant createdAt) {
    public InstanceView {
        kernel = Given.optional(kernel);
    }
}
