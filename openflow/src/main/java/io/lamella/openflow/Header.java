package io.lamella.openflow;

import java.nio.ByteBuffer;

/**
 * The eight bytes that start every message of every OpenFlow version (section A.1), read and changed in place:
 * version, type, length including the header, transaction id.
 */
public final class Header {
    public static final int SIZE = 8;
    /** The length field has 16 bits. */
    public static final int MAX_LENGTH = 0xffff;

    private Header() {}

    public static int version(ByteBuffer in, int at) {
        return in.get(at) & 0xff;
    }

    public static int type(ByteBuffer in, int at) {
        return in.get(at + 1) & 0xff;
    }

    public static int length(ByteBuffer in, int at) {
        return in.getShort(at + 2) & 0xffff;
    }

    public static int xid(ByteBuffer in, int at) {
        return in.getInt(at + 4);
    }

    public static void xid(ByteBuffer in, int at, int xid) {
        in.putInt(at + 4, xid);
    }

    /**
     * Whether a whole message stands between position and limit.
     *
     * @throws OpenFlowException if the length is smaller than the header
     */
    public static boolean complete(ByteBuffer in) {
        if (in.remaining() < SIZE) {
            return false;
        }
        int length = length(in, in.position());
        if (length < SIZE) {
            throw OpenFlowException.malformed("length " + length + " in the header, at least 8 is needed");
        }
        return in.remaining() >= length;
    }
}
