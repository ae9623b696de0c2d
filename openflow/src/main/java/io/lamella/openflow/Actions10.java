package io.lamella.openflow;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Actions of version 1.0 (section 5.2.4). */
final class Actions10 {
    private static final int OUTPUT = 0;
    private static final int SET_VLAN_VID = 1;
    private static final int SET_VLAN_PCP = 2;
    private static final int STRIP_VLAN = 3;
    private static final int SET_DL_SRC = 4;
    private static final int SET_DL_DST = 5;
    private static final int SET_NW_SRC = 6;
    private static final int SET_NW_DST = 7;
    private static final int SET_NW_TOS = 8;
    private static final int SET_TP_SRC = 9;
    private static final int SET_TP_DST = 10;
    private static final int ENQUEUE = 11;
    private static final int VLAN_PRESENT = 0x1000;

    private Actions10() {}

    static List<Action> read(ByteBuffer in, int end) {
        List<Action> actions = new ArrayList<>(2);
        while (in.position() < end) {
            int left = end - in.position();
            int length = left < 8 ? 0 : in.getShort(in.position() + 2) & 0xffff;
            if (length < 8 || length > left || (length & 7) != 0) {
                throw OpenFlowException.malformed("an action of length " + length + " in " + left + " bytes");
            }
            int next = in.position() + length;
            int type = in.getInt() >>> 16;
            int wanted = type == SET_DL_SRC || type == SET_DL_DST || type == ENQUEUE ? 16 : 8;
            if (type <= ENQUEUE && length != wanted) {
                throw OpenFlowException.malformed("an action of length " + length + " where " + wanted + " is needed");
            }
            actions.add(read(type, length, in));
            in.position(next);
        }
        return actions;
    }

    private static Action read(int type, int length, ByteBuffer in) {
        int at = in.position();
        return switch (type) {
            case OUTPUT -> new Action.Output(Ports10.read(in.getShort(at)), in.getShort(at + 2) & 0xffff);
            case SET_VLAN_VID -> set(OxmField.VLAN_VID, VLAN_PRESENT | in.getShort(at) & 0xfff);
            case SET_VLAN_PCP -> set(OxmField.VLAN_PCP, in.get(at) & 7);
            case STRIP_VLAN -> new Action.PopVlan();
            case SET_DL_SRC -> set(OxmField.ETH_SRC, in.getLong(at) >>> 16);
            case SET_DL_DST -> set(OxmField.ETH_DST, in.getLong(at) >>> 16);
            case SET_NW_SRC -> set(OxmField.IPV4_SRC, in.getInt(at) & 0xffff_ffffL);
            case SET_NW_DST -> set(OxmField.IPV4_DST, in.getInt(at) & 0xffff_ffffL);
            case SET_NW_TOS -> set(OxmField.IP_DSCP, (in.get(at) & 0xff) >>> 2);
            case SET_TP_SRC -> new Action.SetTransport(false, in.getShort(at) & 0xffff);
            case SET_TP_DST -> new Action.SetTransport(true, in.getShort(at) & 0xffff);
            case ENQUEUE -> new Action.Enqueue(Ports10.read(in.getShort(at)), in.getInt(at + 8));
            default -> new Action.Raw(type, Bytes.take(in, length - 4));
        };
    }

    private static Action set(OxmField field, long value) {
        return new Action.SetField(field.is(value));
    }

    /** @throws OpenFlowException if version 1.0 has no such action */
    static void write(List<Action> actions, ByteBuffer out) {
        for (Action action : actions) {
            int start = out.position();
            out.putInt(0);
            int type = write(action, out);
            out.putShort(start, (short) type).putShort(start + 2, (short) (out.position() - start));
        }
    }

    private static int write(Action action, ByteBuffer out) {
        switch (action) {
            case Action.Output a -> {
                out.putShort(Ports10.write(a.port())).putShort((short) a.maxLength());
                return OUTPUT;
            }
            case Action.SetField a -> {
                return write(a, out);
            }
            case Action.PopVlan a -> {
                out.putInt(0);
                return STRIP_VLAN;
            }
            case Action.SetTransport a -> {
                out.putShort((short) a.port()).putShort((short) 0);
                return a.destination() ? SET_TP_DST : SET_TP_SRC;
            }
            case Action.Enqueue a -> {
                out.putShort(Ports10.write(a.port()))
                        .putShort((short) 0)
                        .putInt(0)
                        .putInt(a.queue());
                return ENQUEUE;
            }
            case Action.Raw a -> {
                a.body().put(out);
                return a.type();
            }
            default -> throw OpenFlowException.because("version 1.0 has no action " + action);
        }
    }

    private static int write(Action.SetField a, ByteBuffer out) {
        if (!(a.field() instanceof Oxm.Field f) || !f.exact()) {
            throw OpenFlowException.because("version 1.0 has no action " + a);
        }
        int v = (int) f.low();
        switch (f.field()) {
            case VLAN_VID -> {
                out.putShort((short) (v & 0xfff)).putShort((short) 0);
                return SET_VLAN_VID;
            }
            case VLAN_PCP -> {
                out.putInt(v << 24);
                return SET_VLAN_PCP;
            }
            case ETH_SRC, ETH_DST -> {
                out.putLong(f.low() << 16).putInt(0);
                return f.field() == OxmField.ETH_SRC ? SET_DL_SRC : SET_DL_DST;
            }
            case IPV4_SRC, IPV4_DST -> {
                out.putInt(v);
                return f.field() == OxmField.IPV4_SRC ? SET_NW_SRC : SET_NW_DST;
            }
            case IP_DSCP -> {
                out.putInt(v << 26);
                return SET_NW_TOS;
            }
            default -> throw OpenFlowException.because("version 1.0 has no action " + a);
        }
    }
}
