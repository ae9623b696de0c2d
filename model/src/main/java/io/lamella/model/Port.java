package io.lamella.model;

import io.avaje.jsonb.Json;
import java.util.UUID;

/**
 * An instance's attachment to a network. The instance sends with this MAC and IP address or not at all.
 *
 * @param index the interface's place in the instance: 0 is {@code eth0}
 * @param prefix the subnet's prefix length
 * @param segment the network's segment
 * @param switchPort the OpenFlow port number on the node's switch, 1 to 65279 and unique on the node
 */
@Json
public record Port(
        UUID id,
        String slice,
        String network,
        String instance,
        int index,
        MacAddress mac,
        Ipv4 address,
        int prefix,
        int segment,
        int switchPort) {
    /** The device on the node's side, 15 characters at most (IFNAMSIZ). */
    public String hostDevice() {
        return "lm" + id.toString().replace("-", "").substring(0, 12);
    }

    /** The device that is moved into the instance, by its name before the move. */
    public String guestDevice() {
        return "lp" + id.toString().replace("-", "").substring(0, 12);
    }

    /** The device's name inside the instance. */
    public String deviceName() {
        return "eth" + index;
    }
}
