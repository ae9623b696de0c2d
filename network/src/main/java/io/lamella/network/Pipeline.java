package io.lamella.network;

import static io.lamella.openflow.OxmField.ARP_OP;
import static io.lamella.openflow.OxmField.ARP_SHA;
import static io.lamella.openflow.OxmField.ARP_SPA;
import static io.lamella.openflow.OxmField.ARP_TPA;
import static io.lamella.openflow.OxmField.ETH_DST;
import static io.lamella.openflow.OxmField.ETH_SRC;
import static io.lamella.openflow.OxmField.ETH_TYPE;
import static io.lamella.openflow.OxmField.IN_PORT;
import static io.lamella.openflow.OxmField.IPV4_SRC;
import static io.lamella.openflow.OxmField.METADATA;
import static io.lamella.openflow.OxmField.VLAN_VID;

import io.lamella.model.Port;
import io.lamella.model.Refusal;
import io.lamella.openflow.Action;
import io.lamella.openflow.FlowEntry;
import io.lamella.openflow.Instruction;
import io.lamella.openflow.Match;
import io.lamella.openflow.Oxm;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The flow entries of the integration bridge, as a pure function of its ports. What no entry lets through is dropped.
 *
 * <p>Table 0 guards: a port's frames go on only with the port's own source addresses, and get the number of the port's
 * segment as metadata. IPv4 and ARP pass; ARP also as a probe (RFC 5227 section 2.1.1) for the port's own address.
 * VLAN tags, IPv6 and every other EtherType are refused, and one entry a port counts what was refused.
 *
 * <p>Table 10 forwards by segment and destination: to the port with that address, or, for group addresses, to all ports
 * of the segment; the switch never sends a frame back where it came from. Nothing is learned, and no entry names two
 * segments, so no frame gets from one to another.
 *
 * <p>A flood entry has to fit into one message, which limits a segment to about 4000 ports.
 */
final class Pipeline {
    static final int GUARD = 0;
    static final int FORWARD = 10;

    private static final int PASS = 200;
    private static final int REFUSE = 100;
    private static final int UNICAST = 200;
    private static final int FLOOD = 100;

    /** "LA": tells Lamella's entries from all others. The next octet is 1 for a port's entry, 2 for a segment's. */
    private static final long COOKIE = 0x4c41L << 48;

    static final long PORT_COOKIE = COOKIE | 1L << 40;
    private static final long SEGMENT_COOKIE = COOKIE | 2L << 40;
    /** The bits of a cookie that tell whose and of which kind an entry is; the others are a number. */
    static final long COOKIE_KIND = -1L << 40;

    private static final int IPV4 = 0x0800;
    private static final int ARP = 0x0806;
    private static final int ARP_REQUEST = 1;
    private static final long GROUP_BIT = 1L << 40;
    private static final long ALL_BITS = -1;

    private Pipeline() {}

    /**
     * The exact set of entries that the bridge must have.
     *
     * @throws Refusal if two ports have the same number on the switch, or the same MAC address in one segment
     */
    static List<FlowEntry> compile(Collection<Port> ports) {
        List<FlowEntry> entries = new ArrayList<>();
        Map<Integer, List<Port>> segments = new TreeMap<>();
        for (Port port : ports) {
            entries.addAll(guards(port));
            entries.add(delivery(port));
            segments.computeIfAbsent(port.segment(), s -> new ArrayList<>()).add(port);
        }
        segments.forEach((segment, members) -> entries.add(flood(segment, members)));
        Map<FlowEntry.Key, FlowEntry> byKey = new HashMap<>();
        for (FlowEntry entry : entries) {
            FlowEntry other = byKey.put(entry.key(), entry);
            if (other != null) {
                throw Refusal.conflict(
                        "ports",
                        "two ports have the same switch port number, or the same MAC address in one segment: "
                                + entry.match());
            }
        }
        return entries;
    }

    static List<FlowEntry> guards(Port port) {
        Oxm from = IN_PORT.is(port.switchPort());
        Oxm source = ETH_SRC.is(port.mac().bits());
        Oxm untagged = VLAN_VID.is(0);
        Oxm arp = ETH_TYPE.is(ARP);
        Oxm sender = ARP_SHA.is(port.mac().bits());
        long address = Integer.toUnsignedLong(port.address().bits());
        return List.of(
                refusal(port),
                pass(port, Match.of(from, source, untagged, arp, sender, ARP_SPA.is(address))),
                pass(
                        port,
                        Match.of(
                                from,
                                source,
                                untagged,
                                arp,
                                sender,
                                ARP_OP.is(ARP_REQUEST),
                                ARP_SPA.is(0),
                                ARP_TPA.is(address))),
                pass(port, Match.of(from, source, untagged, ETH_TYPE.is(IPV4), IPV4_SRC.is(address))));
    }

    private static FlowEntry pass(Port port, Match match) {
        return new FlowEntry(
                GUARD,
                PASS,
                cookie(port),
                match,
                List.of(new Instruction.WriteMetadata(port.segment(), ALL_BITS), new Instruction.GotoTable(FORWARD)));
    }

    /** The entry whose counter is the number of frames that {@code port} sent and the guards refused. */
    static FlowEntry refusal(Port port) {
        return new FlowEntry(GUARD, REFUSE, cookie(port), Match.of(IN_PORT.is(port.switchPort())), List.of());
    }

    /** The frames for {@code port} alone. */
    static FlowEntry delivery(Port port) {
        Match match =
                Match.of(METADATA.is(port.segment()), ETH_DST.is(port.mac().bits()));
        return new FlowEntry(FORWARD, UNICAST, cookie(port), match, output(List.of(port)));
    }

    /** The frames for all of {@code members}, which are the ports of {@code segment}. */
    static FlowEntry flood(int segment, Collection<Port> members) {
        return new FlowEntry(FORWARD, FLOOD, SEGMENT_COOKIE | segment, floodMatch(segment), output(members));
    }

    /** What tells a segment's flood entry from all others. */
    static FlowEntry.Key floodKey(int segment) {
        return new FlowEntry.Key(FORWARD, FLOOD, floodMatch(segment));
    }

    private static Match floodMatch(int segment) {
        return Match.of(METADATA.is(segment), ETH_DST.masked(GROUP_BIT, GROUP_BIT));
    }

    private static List<Instruction> output(Collection<Port> ports) {
        List<Action> outputs = ports.stream()
                .map(Port::switchPort)
                .sorted(Comparator.naturalOrder())
                .<Action>map(Action.Output::new)
                .toList();
        return List.of(new Instruction.ApplyActions(outputs));
    }

    /** The cookie of all of a port's entries. */
    static long cookie(Port port) {
        return PORT_COOKIE | port.switchPort();
    }

    /** The number of the port whose cookie this is. */
    static int port(long cookie) {
        return (int) (cookie & ~COOKIE_KIND);
    }

    /** Whether the entries of two ports cannot be told apart. */
    static boolean clash(Port one, Port other) {
        return one.switchPort() == other.switchPort()
                || one.segment() == other.segment() && one.mac().equals(other.mac());
    }
}
