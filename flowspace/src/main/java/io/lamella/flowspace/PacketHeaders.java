package io.lamella.flowspace;

import io.lamella.model.HeaderField;
import io.lamella.model.HeaderSpace;
import io.lamella.model.HeaderTerm;
import io.lamella.openflow.Version;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a frame's headers as a switch does. A field that a frame is too short for, or that belongs to a later fragment, is
 * zero, so that every frame has all the fields that its kind has. Behind a second VLAN tag nothing is read.
 */
final class PacketHeaders {
    private static final int ETHERNET = 14;
    private static final int NO_TYPE = 0x05ff;
    private static final int LEAST_TYPE = 0x0600;

    private final ByteBuffer in;
    private final List<HeaderTerm> terms = new ArrayList<>();

    private PacketHeaders(ByteBuffer in) {
        this.in = in;
    }

    /**
     * The one packet with these headers.
     *
     * @param frame from its destination address on; may be cut anywhere
     * @param inPort where it entered, as in version 1.3; what is no port, such as 0, where that does not matter
     * @param tunnel its tunnel's id, 0 for none; not known of in version 1.0
     */
    static HeaderSpace of(ByteBuffer frame, int inPort, Version version, long tunnel) {
        PacketHeaders p = new PacketHeaders(frame.slice());
        HeaderTerm port = HeaderTerm.exactly(HeaderField.IN_PORT, inPort & 0xffff_ffffL);
        if (port.expressible()) {
            p.terms.add(port);
        }
        if (version == Version.V1_3) {
            p.add(HeaderField.TUNNEL_ID, tunnel);
        }
        p.ethernet();
        return HeaderSpace.matching(p.terms).orElseThrow();
    }

    private void add(HeaderField field, long value) {
        terms.add(HeaderTerm.exactly(field, value));
    }

    private int u8(int at) {
        return at < in.limit() ? in.get(at) & 0xff : 0;
    }

    private int u16(int at) {
        return u8(at) << 8 | u8(at + 1);
    }

    private long u32(int at) {
        return (long) u16(at) << 16 | u16(at + 2);
    }

    private long u48(int at) {
        return (long) u16(at) << 32 | u32(at + 2);
    }

    private long u64(int at) {
        return u32(at) << 32 | u32(at + 4);
    }

    private void ethernet() {
        add(HeaderField.ETH_DST, u48(0));
        add(HeaderField.ETH_SRC, u48(6));
        int type = u16(12);
        int next = ETHERNET;
        if (tag(type)) {
            int tci = u16(next);
            add(HeaderField.VLAN_VID, 0x1000 | tci & 0xfff);
            add(HeaderField.VLAN_PCP, tci >>> 13);
            type = u16(next + 2);
            next += 4;
        } else {
            add(HeaderField.VLAN_VID, 0);
        }
        if (type < LEAST_TYPE) {
            boolean snap = u16(next) == 0xaaaa && u32(next + 2) == 0x03000000L && u16(next + 6) >= LEAST_TYPE;
            type = snap ? u16(next + 6) : NO_TYPE;
            next += 8;
        }
        add(HeaderField.ETH_TYPE, type);
        switch (type) {
            case 0x0800 -> ipv4(next);
            case 0x86dd -> ipv6(next);
            case 0x0806 -> arp(next);
            case 0x8847, 0x8848 -> {
                long shim = u32(next);
                add(HeaderField.MPLS_LABEL, shim >>> 12);
                add(HeaderField.MPLS_TC, shim >>> 9 & 7);
                add(HeaderField.MPLS_BOS, shim >>> 8 & 1);
            }
            case 0x88e7 -> add(HeaderField.PBB_ISID, u32(next) & 0xffffff);
            default -> {}
        }
    }

    private static boolean tag(int type) {
        return type == 0x8100 || type == 0x88a8;
    }

    private void arp(int at) {
        add(HeaderField.ARP_OP, u16(at + 6));
        add(HeaderField.ARP_SHA, u48(at + 8));
        add(HeaderField.ARP_SPA, u32(at + 14));
        add(HeaderField.ARP_THA, u48(at + 18));
        add(HeaderField.ARP_TPA, u32(at + 24));
    }

    private void ipv4(int at) {
        tos(u8(at + 1));
        int protocol = u8(at + 9);
        add(HeaderField.IP_PROTO, protocol);
        add(HeaderField.IPV4_SRC, u32(at + 12));
        add(HeaderField.IPV4_DST, u32(at + 16));
        boolean first = (u16(at + 6) & 0x1fff) == 0;
        int next = first ? at + Math.max(20, 4 * (u8(at) & 0xf)) : in.limit();
        transport(protocol, next);
        if (protocol == 1) {
            add(HeaderField.ICMPV4_TYPE, u8(next));
            add(HeaderField.ICMPV4_CODE, u8(next + 1));
        }
    }

    private void tos(int tos) {
        add(HeaderField.IP_DSCP, tos >>> 2);
        add(HeaderField.IP_ECN, tos & 3);
    }

    private void transport(int protocol, int at) {
        switch (protocol) {
            case 6 -> ports(HeaderField.TCP_SRC, HeaderField.TCP_DST, at);
            case 17 -> ports(HeaderField.UDP_SRC, HeaderField.UDP_DST, at);
            case 132 -> ports(HeaderField.SCTP_SRC, HeaderField.SCTP_DST, at);
            default -> {}
        }
    }

    private void ports(HeaderField source, HeaderField destination, int at) {
        add(source, u16(at));
        add(destination, u16(at + 2));
    }

    private void ipv6(int at) {
        tos((int) (u32(at) >>> 20 & 0xff));
        add(HeaderField.IPV6_FLABEL, u32(at) & 0xfffff);
        terms.add(HeaderTerm.exactly(HeaderField.IPV6_SRC, u64(at + 8), u64(at + 16)));
        terms.add(HeaderTerm.exactly(HeaderField.IPV6_DST, u64(at + 24), u64(at + 32)));
        int protocol = u8(at + 6);
        int next = at + 40;
        boolean first = true;
        while (extension(protocol) && next < in.limit()) {
            if (protocol == 44) {
                first = (u16(next + 2) & 0xfff8) == 0;
                protocol = u8(next);
                next += 8;
                if (!first) {
                    break;
                }
            } else {
                int length = protocol == 51 ? 4 * (u8(next + 1) + 2) : 8 * (u8(next + 1) + 1);
                protocol = u8(next);
                next += length;
            }
        }
        add(HeaderField.IP_PROTO, protocol);
        int body = first ? next : in.limit();
        transport(protocol, body);
        if (protocol == 58) {
            icmpv6(body);
        }
    }

    private static boolean extension(int protocol) {
        return protocol == 0 || protocol == 43 || protocol == 44 || protocol == 51 || protocol == 60;
    }

    private void icmpv6(int at) {
        int type = u8(at);
        add(HeaderField.ICMPV6_TYPE, type);
        add(HeaderField.ICMPV6_CODE, u8(at + 1));
        if (type == 135 || type == 136) {
            terms.add(HeaderTerm.exactly(HeaderField.IPV6_ND_TARGET, u64(at + 8), u64(at + 16)));
            HeaderField address = type == 135 ? HeaderField.IPV6_ND_SLL : HeaderField.IPV6_ND_TLL;
            add(address, option(at + 24, type == 135 ? 1 : 2));
        }
    }

    private long option(int at, int wanted) {
        int length;
        for (int next = at; next < in.limit(); next += length) {
            length = 8 * u8(next + 1);
            if (length == 0) {
                return 0;
            }
            if (u8(next) == wanted) {
                return u48(next + 2);
            }
        }
        return 0;
    }
}
