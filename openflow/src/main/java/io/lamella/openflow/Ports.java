package io.lamella.openflow;

/** Reserved numbers (section A.2.1 and A.3.4). */
public final class Ports {
    /** The largest number of a physical or logical port, as an unsigned number. */
    public static final int MAX = 0xffffff00;

    public static final int IN_PORT = 0xfffffff8;
    /** In an output of a packet-out: through the flow tables. */
    public static final int TABLE = 0xfffffff9;
    /** As a switch without a controller would forward. */
    public static final int NORMAL = 0xfffffffa;

    public static final int FLOOD = 0xfffffffb;
    public static final int ALL = 0xfffffffc;
    public static final int CONTROLLER = 0xfffffffd;
    public static final int LOCAL = 0xfffffffe;
    /** Any port, or any group, in a condition. */
    public static final int ANY = 0xffffffff;
    /** Every table, in a condition. */
    public static final int ALL_TABLES = 0xff;
    /** No packet is buffered at the switch. */
    public static final int NO_BUFFER = 0xffffffff;

    private Ports() {}
}
