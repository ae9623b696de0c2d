package io.lamella.openflow;

import java.nio.ByteBuffer;
import java.util.Optional;

/** The versions that two sides may speak, and their codecs. */
public enum Version {
    V1_0(OpenFlow10.VERSION),
    V1_3(OpenFlow13.VERSION);

    private final int wire;

    Version(int wire) {
        this.wire = wire;
    }

    /** The version's number in the header. */
    public int wire() {
        return wire;
    }

    public static Optional<Version> of(int wire) {
        return wire == OpenFlow10.VERSION
                ? Optional.of(V1_0)
                : wire == OpenFlow13.VERSION ? Optional.of(V1_3) : Optional.empty();
    }

    /** See {@link OpenFlow13#encode}. */
    public void encode(int xid, Message message, ByteBuffer out) {
        if (this == V1_0) {
            OpenFlow10.encode(xid, message, out);
        } else {
            OpenFlow13.encode(xid, message, out);
        }
    }

    /** See {@link OpenFlow13#decode}. */
    public Message decode(ByteBuffer in) {
        return this == V1_0 ? OpenFlow10.decode(in) : OpenFlow13.decode(in);
    }
}
