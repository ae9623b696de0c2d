package io.lamella.openflow;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The match of version 1.0 (OpenFlow 1.0.0 section 5.2.3): twelve fields of fixed place. Fields that the specification
 * says are ignored, since what they need is not matched, are left out when reading.
 */
final class Match10 {
    static final int SIZE = 40;

    private static final int IN_PORT = 1;
    private static final int DL_VLAN = 1 << 1;
    private static final int DL_SRC = 1 << 2;
    private static final int DL_DST = 1 << 3;
    private static final int DL_TYPE = 1 << 4;
    private static final int NW_PROTO = 1 << 5;
    private static final int TP_SRC = 1 << 6;
    private static final int TP_DST = 1 << 7;
    private static final int NW_SRC_SHIFT = 8;
    private static final int NW_DST_SHIFT = 14;
    private static final int DL_VLAN_PCP = 1 << 20;
    private static final int NW_TOS = 1 << 21;
    private static final int ALL = (1 << 22) - 1;

    private static final int VLAN_NONE = 0xffff;
    private static final int VLAN_PRESENT = 0x1000;
    private static final int IPV4 = 0x0800;
    private static final int ARP = 0x0806;
    private static final int ICMP = 1;
    private static final int TCP = 6;
    private static final int UDP = 17;

    private Match10() {}

    static Match read(ByteBuffer in) {
        int wildcards = in.getInt();
        int port = Ports10.read(in.getShort());
        long source = mac(in);
        long destination = mac(in);
        int vlan = in.getShort() & 0xffff;
        int pcp = in.get() & 7;
        in.get();
        int type = in.getShort() & 0xffff;
        int tos = in.get() & 0xff;
        int protocol = in.get() & 0xff;
        in.getShort();
        int from = in.getInt();
        int to = in.getInt();
        int fromPort = in.getShort() & 0xffff;
        int toPort = in.getShort() & 0xffff;
        List<Oxm> fields = new ArrayList<>();
        if ((wildcards & IN_PORT) == 0) {
            fields.add(OxmField.IN_PORT.is(port & 0xffff_ffffL));
        }
        if ((wildcards & DL_SRC) == 0) {
            fields.add(OxmField.ETH_SRC.is(source));
        }
        if ((wildcards & DL_DST) == 0) {
            fields.add(OxmField.ETH_DST.is(destination));
        }
        boolean tag = (wildcards & DL_VLAN) == 0;
        boolean priority = (wildcards & DL_VLAN_PCP) == 0;
        if (tag && vlan == VLAN_NONE) {
            fields.add(OxmField.VLAN_VID.is(0));
        } else if (tag || priority) {
            fields.add(
                    tag
                            ? OxmField.VLAN_VID.is(VLAN_PRESENT | vlan & 0xfff)
                            : OxmField.VLAN_VID.masked(VLAN_PRESENT, VLAN_PRESENT));
            if (priority) {
                fields.add(OxmField.VLAN_PCP.is(pcp));
            }
        }
        if ((wildcards & DL_TYPE) == 0) {
            fields.add(OxmField.ETH_TYPE.is(type));
            network(fields, wildcards, type, tos, protocol, from, to);
            if (type == IPV4 && (wildcards & NW_PROTO) == 0) {
                transport(fields, wildcards, protocol, fromPort, toPort);
            }
        }
        return new Match(fields);
    }

    private static void network(List<Oxm> fields, int wildcards, int type, int tos, int protocol, int from, int to) {
        if (type != IPV4 && type != ARP) {
            return;
        }
        boolean ip = type == IPV4;
        if (ip && (wildcards & NW_TOS) == 0) {
            fields.add(OxmField.IP_DSCP.is(tos >>> 2));
        }
        if ((wildcards & NW_PROTO) == 0) {
            fields.add((ip ? OxmField.IP_PROTO : OxmField.ARP_OP).is(protocol));
        }
        prefix(fields, ip ? OxmField.IPV4_SRC : OxmField.ARP_SPA, from, wildcards >>> NW_SRC_SHIFT & 63);
        prefix(fields, ip ? OxmField.IPV4_DST : OxmField.ARP_TPA, to, wildcards >>> NW_DST_SHIFT & 63);
    }

    private static void prefix(List<Oxm> fields, OxmField field, int address, int ignored) {
        if (ignored < 32) {
            fields.add(field.masked(address & 0xffff_ffffL, 0xffff_ffffL << ignored & 0xffff_ffffL));
        }
    }

    private static void transport(List<Oxm> fields, int wildcards, int protocol, int from, int to) {
        OxmField source = switch (protocol) {
            case TCP -> OxmField.TCP_SRC;
            case UDP -> OxmField.UDP_SRC;
            case ICMP -> OxmField.ICMPV4_TYPE;
            default -> OxmField.IN_PHY_PORT; // none
        };
        if (source == OxmField.IN_PHY_PORT) {
            return;
        }
        OxmField destination = OxmField.values()[source.ordinal() + 1];
        int mask = protocol == ICMP ? 0xff : 0xffff;
        if ((wildcards & TP_SRC) == 0) {
            fields.add(source.is(from & mask));
        }
        if ((wildcards & TP_DST) == 0) {
            fields.add(destination.is(to & mask));
        }
    }

    private static long mac(ByteBuffer in) {
        return (in.getShort() & 0xffffL) << 32 | in.getInt() & 0xffff_ffffL;
    }

    /**
     * Writes a match.
     *
     * @throws OpenFlowException if version 1.0 cannot say it: see {@link OpenFlow10#expressible}
     */
    static void write(Match match, ByteBuffer out) {
        int wildcards = ALL;
        int start = out.position();
        for (int i = 0; i < SIZE; i += 8) {
            out.putLong(0);
        }
        for (Oxm oxm : match.fields()) {
            if (!(oxm instanceof Oxm.Field f) || !OpenFlow10.expressible(f)) {
                throw OpenFlowException.because("version 1.0 cannot match " + oxm);
            }
            wildcards = write(f, wildcards, start, out);
        }
        Optional<Oxm.Field> vlan = match.field(OxmField.VLAN_VID);
        if (vlan.isPresent()
                && !vlan.get().exact()
                && match.field(OxmField.VLAN_PCP).isEmpty()) {
            throw OpenFlowException.because("version 1.0 cannot match every tagged frame");
        }
        out.putInt(start, wildcards);
    }

    private static int write(Oxm.Field f, int wildcards, int at, ByteBuffer out) {
        int v = (int) f.low();
        switch (f.field()) {
            case IN_PORT -> {
                out.putShort(at + 4, Ports10.write(v));
                return wildcards & ~IN_PORT;
            }
            case ETH_SRC -> {
                out.putShort(at + 6, (short) (f.low() >>> 32)).putInt(at + 8, v);
                return wildcards & ~DL_SRC;
            }
            case ETH_DST -> {
                out.putShort(at + 12, (short) (f.low() >>> 32)).putInt(at + 14, v);
                return wildcards & ~DL_DST;
            }
            case VLAN_VID -> {
                if (!f.exact()) {
                    return wildcards;
                }
                out.putShort(at + 18, (short) (v == 0 ? VLAN_NONE : v & 0xfff));
                return wildcards & ~DL_VLAN;
            }
            case VLAN_PCP -> {
                out.put(at + 20, (byte) v);
                return wildcards & ~DL_VLAN_PCP;
            }
            case ETH_TYPE -> {
                out.putShort(at + 22, (short) v);
                return wildcards & ~DL_TYPE;
            }
            case IP_DSCP -> {
                out.put(at + 24, (byte) (v << 2));
                return wildcards & ~NW_TOS;
            }
            case IP_PROTO, ARP_OP -> {
                out.put(at + 25, (byte) v);
                return wildcards & ~NW_PROTO;
            }
            case IPV4_SRC, ARP_SPA -> {
                out.putInt(at + 28, v);
                return wildcards & ~(63 << NW_SRC_SHIFT) | ignored(f) << NW_SRC_SHIFT;
            }
            case IPV4_DST, ARP_TPA -> {
                out.putInt(at + 32, v);
                return wildcards & ~(63 << NW_DST_SHIFT) | ignored(f) << NW_DST_SHIFT;
            }
            case TCP_SRC, UDP_SRC, ICMPV4_TYPE -> {
                out.putShort(at + 36, (short) v);
                return wildcards & ~TP_SRC;
            }
            default -> {
                out.putShort(at + 38, (short) v);
                return wildcards & ~TP_DST;
            }
        }
    }

    private static int ignored(Oxm.Field f) {
        return Long.numberOfTrailingZeros(f.maskLow() | 1L << 32);
    }
}
