package io.lamella.openflow;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Messages of OpenFlow 1.3 (wire version 4) as bytes and back. What it does not know it keeps as bytes in a
 * {@code Raw} or {@code Other} record; bytes that contradict the specification give an {@link OpenFlowException} and
 * nothing else. Memory is bounded by the message's 64 KiB. Has no state and may be used from any thread.
 */
public final class OpenFlow13 {
    public static final int VERSION = 4;

    /** The greeting of a side that speaks 1.3 only. */
    public static final Message.Hello HELLO = new Message.Hello(VERSION, 1 << VERSION);

    private static final int MULTIPART_REQUEST = 18;
    private static final int MULTIPART_REPLY = 19;
    private static final int BARRIER_REQUEST = 20;
    private static final int BARRIER_REPLY = 21;

    private OpenFlow13() {}

    /**
     * Appends {@code message} to {@code out}, which is in network byte order.
     *
     * @throws OpenFlowException if the message is longer than 65535 bytes or than what is left of {@code out}, which
     *     then is as before
     */
    public static void encode(int xid, Message message, ByteBuffer out) {
        int version = message instanceof Message.Hello hello ? hello.version() : VERSION;
        Frame.encode(version, xid, message, OpenFlow13::body, out);
    }

    private static int body(Message message, ByteBuffer out) {
        return switch (message) {
            case Message.Common m -> Frame.write(m, out);
            case Message.Hello m -> {
                Frame.bitmap(m.bitmap(), out);
                yield Frame.HELLO;
            }
            case Message.Features m -> {
                out.putLong(m.datapath()).putInt(m.buffers());
                out.put((byte) m.tables()).put((byte) m.auxiliary()).putShort((short) 0);
                out.putInt(m.capabilities()).putInt(0);
                yield Frame.FEATURES_REPLY;
            }
            case Message.FlowRemoved m -> {
                flowRemoved(m, out);
                yield Frame.FLOW_REMOVED;
            }
            case Message.PortStatus m -> {
                out.putLong((long) m.reason() << 56);
                MultipartCodec.write(m.port(), out);
                yield Frame.PORT_STATUS;
            }
            case Message.PacketIn m -> {
                out.putInt(m.buffer()).putShort((short) m.length());
                out.put((byte) m.reason()).put((byte) m.table()).putLong(m.cookie());
                MatchCodec.write(m.match(), out);
                m.data().put(out.putShort((short) 0));
                yield Frame.PACKET_IN;
            }
            case Message.PacketOut m -> {
                out.putInt(m.buffer()).putInt(m.inPort()).putLong(0);
                int start = out.position();
                InstructionCodec.writeActions(m.actions(), out);
                out.putShort(start - 8, (short) (out.position() - start));
                m.data().put(out);
                yield Frame.PACKET_OUT;
            }
            case FlowMod m -> {
                flowMod(m, out);
                yield Frame.FLOW_MOD;
            }
            case MultipartRequest m -> {
                MultipartCodec.write(m, out);
                yield MULTIPART_REQUEST;
            }
            case MultipartReply m -> {
                MultipartCodec.write(m, out);
                yield MULTIPART_REPLY;
            }
            case Message.BarrierRequest m -> BARRIER_REQUEST;
            case Message.BarrierReply m -> BARRIER_REPLY;
        };
    }

    private static void flowMod(FlowMod m, ByteBuffer out) {
        FlowEntry entry = m.entry();
        out.putLong(entry.cookie()).putLong(m.cookieMask());
        out.put((byte) entry.table()).put((byte) m.command().ordinal());
        out.putShort((short) m.idleTimeout()).putShort((short) m.hardTimeout()).putShort((short) entry.priority());
        out.putInt(m.buffer()).putInt(m.outPort()).putInt(m.outGroup());
        out.putShort((short) m.flags()).putShort((short) 0);
        MatchCodec.write(entry.match(), out);
        InstructionCodec.writeInstructions(entry.instructions(), out);
    }

    private static void flowRemoved(Message.FlowRemoved m, ByteBuffer out) {
        FlowEntry entry = m.entry();
        out.putLong(entry.cookie()).putShort((short) entry.priority());
        out.put((byte) m.reason()).put((byte) entry.table()).putInt(m.seconds()).putInt(m.nanos());
        out.putShort((short) m.idleTimeout()).putShort((short) m.hardTimeout());
        out.putLong(m.packets()).putLong(m.bytes());
        MatchCodec.write(entry.match(), out);
    }

    private static Message.FlowRemoved flowRemoved(ByteBuffer in) {
        long cookie = in.getLong();
        int priority = in.getShort() & 0xffff;
        int reason = in.get() & 0xff;
        int table = in.get() & 0xff;
        int seconds = in.getInt();
        int nanos = in.getInt();
        int idle = in.getShort() & 0xffff;
        int hard = in.getShort() & 0xffff;
        long packets = in.getLong();
        long bytes = in.getLong();
        FlowEntry entry = new FlowEntry(table, priority, cookie, MatchCodec.read(in), List.of());
        return new Message.FlowRemoved(entry, reason, seconds, nanos, idle, hard, packets, bytes);
    }

    /**
     * Reads the message at {@code in}'s position, which must be {@link Header#complete complete}, and leaves the
     * position after it. Greetings are read whatever their version.
     *
     * @throws OpenFlowException if the bytes are no message of version 1.3; the position is then undefined
     */
    public static Message decode(ByteBuffer in) {
        return Frame.decode(VERSION, in, OpenFlow13::message);
    }

    private static Message message(int type, ByteBuffer in) {
        return switch (type) {
            case Frame.FEATURES_REPLY -> {
                long datapath = in.getLong();
                int buffers = in.getInt();
                int tables = in.get() & 0xff;
                int auxiliary = in.get() & 0xff;
                in.getShort();
                yield new Message.Features(datapath, buffers, tables, auxiliary, in.getInt());
            }
            case Frame.FLOW_REMOVED -> flowRemoved(in);
            case Frame.PORT_STATUS -> new Message.PortStatus((int) (in.getLong() >>> 56), MultipartCodec.readPort(in));
            case Frame.PACKET_IN -> {
                int buffer = in.getInt();
                int length = in.getShort() & 0xffff;
                int reason = in.get() & 0xff;
                int table = in.get() & 0xff;
                long cookie = in.getLong();
                Match match = MatchCodec.read(in);
                in.getShort();
                yield new Message.PacketIn(
                        buffer, length, reason, table, cookie, match, Bytes.take(in, in.remaining()));
            }
            case Frame.PACKET_OUT -> {
                int buffer = in.getInt();
                int inPort = in.getInt();
                int end = (int) (in.getLong() >>> 48) + in.position();
                if (end > in.limit()) {
                    throw OpenFlowException.malformed("actions that exceed their packet-out");
                }
                List<Action> actions = InstructionCodec.readActions(in, end);
                yield new Message.PacketOut(buffer, inPort, actions, Bytes.take(in, in.remaining()));
            }
            case Frame.FLOW_MOD -> flowMod(in);
            case MULTIPART_REQUEST -> MultipartCodec.readRequest(in);
            case MULTIPART_REPLY -> MultipartCodec.readReply(in);
            case BARRIER_REQUEST -> new Message.BarrierRequest();
            case BARRIER_REPLY -> new Message.BarrierReply();
            default -> Frame.read(type, in);
        };
    }

    private static FlowMod flowMod(ByteBuffer in) {
        long cookie = in.getLong();
        long cookieMask = in.getLong();
        int table = in.get() & 0xff;
        int command = in.get() & 0xff;
        FlowMod.Command[] commands = FlowMod.Command.values();
        if (command >= commands.length) {
            throw OpenFlowException.malformed("flow-mod command " + command);
        }
        int idle = in.getShort() & 0xffff;
        int hard = in.getShort() & 0xffff;
        int priority = in.getShort() & 0xffff;
        int buffer = in.getInt();
        int outPort = in.getInt();
        int outGroup = in.getInt();
        int flags = in.getShort() & 0xffff;
        in.getShort();
        Match match = MatchCodec.read(in);
        List<Instruction> instructions = InstructionCodec.readInstructions(in, in.limit());
        FlowEntry entry = new FlowEntry(table, priority, cookie, match, instructions);
        return new FlowMod(commands[command], entry, cookieMask, idle, hard, buffer, outPort, outGroup, flags);
    }
}
