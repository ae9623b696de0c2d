package io.lamella.openflow;

import org.jspecify.annotations.Nullable;

/** The match fields of the class OFPXMC_OPENFLOW_BASIC (section A.2.3.7, table 11), by their numbers. */
public enum OxmField {
    IN_PORT(32),
    IN_PHY_PORT(32),
    METADATA(64),
    ETH_DST(48),
    ETH_SRC(48),
    ETH_TYPE(16),
    /** The VLAN id with bit 12 (OFPVID_PRESENT) set; exactly 0 means: no tag. */
    VLAN_VID(13),
    VLAN_PCP(3),
    IP_DSCP(6),
    IP_ECN(2),
    IP_PROTO(8),
    IPV4_SRC(32),
    IPV4_DST(32),
    TCP_SRC(16),
    TCP_DST(16),
    UDP_SRC(16),
    UDP_DST(16),
    SCTP_SRC(16),
    SCTP_DST(16),
    ICMPV4_TYPE(8),
    ICMPV4_CODE(8),
    ARP_OP(16),
    ARP_SPA(32),
    ARP_TPA(32),
    ARP_SHA(48),
    ARP_THA(48),
    IPV6_SRC(128),
    IPV6_DST(128),
    IPV6_FLABEL(20, 4),
    ICMPV6_TYPE(8),
    ICMPV6_CODE(8),
    IPV6_ND_TARGET(128),
    IPV6_ND_SLL(48),
    IPV6_ND_TLL(48),
    MPLS_LABEL(20, 4),
    MPLS_TC(3),
    MPLS_BOS(1),
    PBB_ISID(24),
    TUNNEL_ID(64),
    IPV6_EXTHDR(9);

    static final int BASIC_CLASS = 0x8000;

    private static final OxmField[] BY_NUMBER = values();

    private final int bits;
    private final int size;

    OxmField(int bits) {
        this(bits, (bits + 7) / 8);
    }

    OxmField(int bits, int size) {
        this.bits = bits;
        this.size = size;
    }

    static @Nullable OxmField byNumber(int number) {
        return number < BY_NUMBER.length ? BY_NUMBER[number] : null;
    }

    /** The number of significant bits. */
    public int bits() {
        return bits;
    }

    /** The number of bytes on the wire. */
    public int size() {
        return size;
    }

    /** This field equals {@code value}. */
    public Oxm.Field is(long value) {
        return is(0, value);
    }

    /** This field equals the 128-bit value {@code high:low}. */
    public Oxm.Field is(long high, long low) {
        return new Oxm.Field(this, high, low, -1, -1);
    }

    /** This field equals {@code value} in the bits that are set in {@code mask}. */
    public Oxm.Field masked(long value, long mask) {
        return masked(0, value, 0, mask);
    }

    /** This field equals {@code high:low} in the bits that are set in the mask. */
    public Oxm.Field masked(long high, long low, long maskHigh, long maskLow) {
        return new Oxm.Field(this, high & maskHigh, low & maskLow, maskHigh, maskLow);
    }

    long fullHigh() {
        return bits > 64 ? -1 : 0;
    }

    long fullLow() {
        return bits >= 64 ? -1 : (1L << bits) - 1;
    }

    /** The mask of all bits on the wire, significant or not. */
    long wireLow() {
        return size >= 8 ? -1 : (1L << (8 * size)) - 1;
    }
}
