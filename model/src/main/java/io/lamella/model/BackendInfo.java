package io.lamella.model;

import io.avaje.jsonb.Json;
import java.util.Optional;

/**
 * Whether a backend works on this node.
 *
 * @param detail its version, or the reason why it does not work
 * @param warning what makes its instances worse than one would expect, such as a missing hardware support
 */
@Json
public record BackendInfo(BackendKind backend, boolean available, String detail, Optional<String> warning) {
    public BackendInfo {
        warning = Given.optional(warning);
    }

    public BackendInfo(BackendKind backend, boolean available, String detail) {
        this(backend, available, detail, Optional.empty());
    }
}
