package io.lamella.model;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The fields that tell packets apart: the OXM fields of OpenFlow 1.3.5 (section 7.2.3.7, table 12) that are part of a
 * packet or say where it entered, with their prerequisites (section 7.2.3.8). A field stands after all that it needs.
 *
 * <p>IPV6_EXTHDR is left out because few of its combinations are possible packets, METADATA and IN_PHY_PORT because no
 * packet brings them along.
 */
public enum HeaderField {
    /** The switch that the packet is in; 64 bits. */
    DATAPATH(Form.DATAPATH, 0, -1),
    /** 1 to OFPP_MAX; the reserved ports local and controller follow without a gap, see {@link HeaderText}. */
    IN_PORT(Form.PORT, 1, HeaderText.CONTROLLER),
    TUNNEL_ID(Form.NUMBER, 0, -1),
    ETH_DST(Form.MAC),
    ETH_SRC(Form.MAC),
    /** From 0x05ff, which stands for a frame without an Ethernet type (OFP_DL_TYPE_NOT_ETH_TYPE of OpenFlow 1.0). */
    ETH_TYPE(Form.ETH_TYPE, 0x05ff, 0xffff),
    /** 0 is a packet without a tag, n + 1 one with the id n: that makes OFPVID_NONE and OFPVID_PRESENT a range. */
    VLAN_VID(Form.VLAN, 0, 4096),
    VLAN_PCP(Form.NUMBER, 0, 7, needs(VLAN_VID, 1, 4096)),
    MPLS_LABEL(Form.NUMBER, 0, 0xfffff, mpls()),
    MPLS_TC(Form.NUMBER, 0, 7, mpls()),
    MPLS_BOS(Form.NUMBER, 0, 1, mpls()),
    PBB_ISID(Form.NUMBER, 0, 0xffffff, needs(ETH_TYPE, 0x88e7)),
    ARP_OP(Form.NUMBER, 0, 0xffff, arp()),
    ARP_SPA(Form.IPV4, arp()),
    ARP_TPA(Form.IPV4, arp()),
    ARP_SHA(Form.MAC, arp()),
    ARP_THA(Form.MAC, arp()),
    IP_DSCP(Form.NUMBER, 0, 63, ip()),
    IP_ECN(Form.NUMBER, 0, 3, ip()),
    IP_PROTO(Form.IP_PROTO, 0, 255, ip()),
    IPV4_SRC(Form.IPV4, ipv4()),
    IPV4_DST(Form.IPV4, ipv4()),
    IPV6_SRC(Form.IPV6, ipv6()),
    IPV6_DST(Form.IPV6, ipv6()),
    IPV6_FLABEL(Form.NUMBER, 0, 0xfffff, ipv6()),
    TCP_SRC(Form.NUMBER, 0, 0xffff, ip(), needs(IP_PROTO, 6)),
    TCP_DST(Form.NUMBER, 0, 0xffff, ip(), needs(IP_PROTO, 6)),
    UDP_SRC(Form.NUMBER, 0, 0xffff, ip(), needs(IP_PROTO, 17)),
    UDP_DST(Form.NUMBER, 0, 0xffff, ip(), needs(IP_PROTO, 17)),
    SCTP_SRC(Form.NUMBER, 0, 0xffff, ip(), needs(IP_PROTO, 132)),
    SCTP_DST(Form.NUMBER, 0, 0xffff, ip(), needs(IP_PROTO, 132)),
    ICMPV4_TYPE(Form.NUMBER, 0, 255, ipv4(), needs(IP_PROTO, 1)),
    ICMPV4_CODE(Form.NUMBER, 0, 255, ipv4(), needs(IP_PROTO, 1)),
    ICMPV6_TYPE(Form.NUMBER, 0, 255, ipv6(), needs(IP_PROTO, 58)),
    ICMPV6_CODE(Form.NUMBER, 0, 255, ipv6(), needs(IP_PROTO, 58)),
    IPV6_ND_TARGET(Form.IPV6, ipv6(), needs(IP_PROTO, 58), needs(ICMPV6_TYPE, 135, 136)),
    IPV6_ND_SLL(Form.MAC, ipv6(), needs(IP_PROTO, 58), needs(ICMPV6_TYPE, 135)),
    IPV6_ND_TLL(Form.MAC, ipv6(), needs(IP_PROTO, 58), needs(ICMPV6_TYPE, 136));

    /** How values are written and which sets of them there are. */
    enum Form {
        /** Numbers; sets are ranges. */
        NUMBER(64),
        DATAPATH(64),
        PORT(64),
        ETH_TYPE(64),
        VLAN(64),
        IP_PROTO(64),
        /** Addresses; sets are values under a mask. */
        MAC(48),
        IPV4(32),
        IPV6(128);

        private final int bits;

        Form(int bits) {
            this.bits = bits;
        }

        /** The length of a value. */
        int bits() {
            return bits;
        }
    }

    /** A prerequisite: {@code field} is in one of {@code ranges}. */
    record Need(HeaderField field, List<HeaderRange> ranges) {}

    private final Form form;
    private final HeaderSet all;
    private final List<Need> needs;

    HeaderField(Form form, Need... needs) {
        this.form = form;
        this.all = HeaderBits.ALL;
        this.needs = List.of(needs);
    }

    HeaderField(Form form, long low, long high, Need... needs) {
        this.form = form;
        this.all = new HeaderRange(low, high);
        this.needs = List.of(needs);
    }

    private static Need needs(HeaderField field, long value) {
        return needs(field, value, value);
    }

    private static Need needs(HeaderField field, long low, long high) {
        return new Need(field, List.of(new HeaderRange(low, high)));
    }

    private static Need ip() {
        return new Need(ETH_TYPE, List.of(HeaderRange.exactly(0x0800), HeaderRange.exactly(0x86dd)));
    }

    private static Need ipv4() {
        return needs(ETH_TYPE, 0x0800);
    }

    private static Need ipv6() {
        return needs(ETH_TYPE, 0x86dd);
    }

    private static Need arp() {
        return needs(ETH_TYPE, 0x0806);
    }

    private static Need mpls() {
        return needs(ETH_TYPE, 0x8847, 0x8848);
    }

    /** The name in files and on the screen, such as {@code ipv4_src}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<HeaderField> named(String word) {
        return Arrays.stream(values()).filter(f -> f.word().equals(word)).findFirst();
    }

    Form form() {
        return form;
    }

    /** Every value that the field can have. */
    HeaderSet all() {
        return all;
    }

    /** What a packet must be to have this field; all of it. */
    List<Need> needs() {
        return needs;
    }

    /** This field's bit in a set of fields. */
    long bit() {
        return 1L << ordinal();
    }
}
