package io.lamella.network;

/**
 * A port of the integration bridge.
 *
 * @param device the network device
 * @param ofport the OpenFlow port number, 1 to 65279; in what {@link Bridge#ports} returns, -1 while the switch has none
 * @param id what Lamella knows the port by; kept in the Interface's {@code external_ids:lamella-port}
 */
public record PortRow(String device, int ofport, String id) {}
