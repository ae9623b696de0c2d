package io.lamella.flowspace;

import io.lamella.openflow.Bytes;
import io.lamella.openflow.Message;
import java.nio.ByteBuffer;

/** One connection to a controller as the rules see it: what it may do and what it wants to hear. For one thread. */
final class Controller {
    static final int NO_CHANGE = 0;
    static final int EQUAL = 1;
    static final int MASTER = 2;
    static final int SLAVE = 3;

    private static final int ASYNC_SIZE = 24;

    /** The way to the controller. */
    interface Line {
        /** Sends a message that must not be lost. */
        void send(int xid, Message message);

        /** Sends a message that is better lost than waited for, such as a packet-in. */
        void offer(int xid, Message message);
    }

    private final Line line;
    private int role = EQUAL;

    /** Reasons of packet-ins, port-status and flow-removed, each for a master or equal and for a slave (A.3.10). */
    private int[] wanted = {3, 0, 7, 7, 15, 0};

    Controller(Line line) {
        this.line = line;
    }

    void send(int xid, Message message) {
        line.send(xid, message);
    }

    void offer(int xid, Message message) {
        line.offer(xid, message);
    }

    int role() {
        return role;
    }

    void role(int to) {
        role = to;
    }

    boolean wantsPacketIn(int reason) {
        return wants(0, reason);
    }

    boolean wantsPortStatus(int reason) {
        return wants(2, reason);
    }

    boolean wantsFlowRemoved(int reason) {
        return wants(4, reason);
    }

    private boolean wants(int pair, int reason) {
        return reason > 31 || (wanted[pair + (role == SLAVE ? 1 : 0)] >>> reason & 1) != 0;
    }

    Bytes asynchronous() {
        ByteBuffer out = ByteBuffer.allocate(ASYNC_SIZE);
        for (int mask : wanted) {
            out.putInt(mask);
        }
        return Bytes.of(out.array());
    }

    void asynchronous(Bytes body) {
        if (body.length() != ASYNC_SIZE) {
            throw new Refused(Fault.BAD_LENGTH);
        }
        int[] masks = new int[6];
        body.buffer().asIntBuffer().get(masks);
        wanted = masks;
    }
}
