package io.lamella.model;

import io.avaje.jsonb.Json;
import java.util.Optional;

/**
 * A network interface that an instance is asked to have.
 *
 * @param address the address wanted; absent: the lowest free one
 */
@Json
public record NicSpec(String network, Optional<Ipv4> address) {
    public NicSpec {
        network = Names.check("network", Given.required("network", network));
        address = Given.optional(address);
    }
}
