package io.lamella.openflow;

import java.nio.BufferOverflowException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Messages of OpenFlow 1.0 (wire version 1) as bytes and back, in the records of version 1.3: an entry's actions are one
 * apply-actions instruction, and port numbers are as in 1.3. The same promises as {@link OpenFlow13}. Section numbers
 * refer to the OpenFlow Switch Specification 1.0.0.
 */
public final class OpenFlow10 {
    public static final int VERSION = 1;

    private static final int HELLO = 0;
    private static final int ERROR = 1;
    private static final int ECHO_REQUEST = 2;
    private static final int ECHO_REPLY = 3;
    private static final int FEATURES_REQUEST = 5;
    private static final int FEATURES_REPLY = 6;
    private static final int GET_CONFIG_REQUEST = 7;
    private static final int GET_CONFIG_REPLY = 8;
    private static final int SET_CONFIG = 9;
    private static final int PACKET_IN = 10;
    private static final int FLOW_REMOVED = 11;
    private static final int PORT_STATUS = 12;
    private static final int PACKET_OUT = 13;
    private static final int FLOW_MOD = 14;
    private static final int STATS_REQUEST = 16;
    private static final int STATS_REPLY = 17;
    private static final int BARRIER_REQUEST = 18;
    private static final int BARRIER_REPLY = 19;

    private static final int PORT_SIZE = 48;
    private static final int PORT_NAME = 16;

    private OpenFlow10() {}

    /** Whether a match of version 1.0 can hold this condition, given those that it needs. */
    public static boolean expressible(Oxm.Field f) {
        return switch (f.field()) {
            case IN_PORT, ETH_SRC, ETH_DST, VLAN_PCP, ETH_TYPE, IP_DSCP, IP_PROTO -> f.exact();
            case TCP_SRC, TCP_DST, UDP_SRC, UDP_DST, ICMPV4_TYPE, ICMPV4_CODE -> f.exact();
            case ARP_OP -> f.exact() && f.low() <= 0xff;
            case VLAN_VID -> f.exact() || f.low() == 0x1000 && f.maskLow() == 0x1000;
            case IPV4_SRC, IPV4_DST, ARP_SPA, ARP_TPA -> {
                long free = ~f.maskLow() & 0xffff_ffffL;
                yield (free & (free + 1)) == 0;
            }
            default -> false;
        };
    }

    /** What an entry does; in this version all of it is actions that are applied. */
    static List<Action> actions(FlowEntry entry) {
        List<Action> actions = new ArrayList<>();
        for (Instruction i : entry.instructions()) {
            if (!(i instanceof Instruction.ApplyActions apply)) {
                throw OpenFlowException.because("version 1.0 has no instruction " + i);
            }
            actions.addAll(apply.actions());
        }
        return actions;
    }

    static List<Instruction> instructions(List<Action> actions) {
        return actions.isEmpty() ? List.of() : List.of(new Instruction.ApplyActions(actions));
    }

    /** See {@link OpenFlow13#encode}; also refused is what this version has no words for. */
    public static void encode(int xid, Message message, ByteBuffer out) {
        int start = out.position();
        try {
            out.putInt(VERSION << 24).putInt(xid);
            int type = body(message, out);
            int length = out.position() - start;
            if (length > Header.MAX_LENGTH) {
                throw OpenFlowException.because("a message of " + length + " bytes, at most 65535 are possible");
            }
            out.put(start + 1, (byte) type).putShort(start + 2, (short) length);
        } catch (BufferOverflowException e) {
            out.position(start);
            throw OpenFlowException.because("a message does not fit into " + out.remaining() + " bytes", e);
        } catch (OpenFlowException e) {
            out.position(start);
            throw e;
        }
    }

    private static int body(Message message, ByteBuffer out) {
        return switch (message) {
            case Message.Hello m -> HELLO;
            case Message.Error m -> {
                m.data().put(out.putShort((short) m.type()).putShort((short) m.code()));
                yield ERROR;
            }
            case Message.EchoRequest m -> {
                m.data().put(out);
                yield ECHO_REQUEST;
            }
            case Message.EchoReply m -> {
                m.data().put(out);
                yield ECHO_REPLY;
            }
            case Message.FeaturesRequest m -> FEATURES_REQUEST;
            case Message.Features m -> {
                out.putLong(m.datapath()).putInt(m.buffers()).putInt(m.tables() << 24);
                out.putInt(m.capabilities()).putInt(m.actions());
                m.ports().forEach(p -> write(p, out));
                yield FEATURES_REPLY;
            }
            case Message.GetConfigRequest m -> GET_CONFIG_REQUEST;
            case Message.Config m -> {
                out.putShort((short) m.flags()).putShort((short) m.missLength());
                yield GET_CONFIG_REPLY;
            }
            case Message.SetConfig m -> {
                out.putShort((short) m.flags()).putShort((short) m.missLength());
                yield SET_CONFIG;
            }
            case Message.PacketIn m -> {
                int port = m.match()
                        .field(OxmField.IN_PORT)
                        .map(f -> (int) f.low())
                        .orElse(Ports.ANY);
                out.putInt(m.buffer()).putShort((short) m.length()).putShort(Ports10.write(port));
                m.data().put(out.put((byte) m.reason()).put((byte) 0));
                yield PACKET_IN;
            }
            case Message.FlowRemoved m -> {
                Match10.write(m.entry().match(), out);
                out.putLong(m.entry().cookie()).putShort((short) m.entry().priority());
                out.put((byte) m.reason()).put((byte) 0).putInt(m.seconds()).putInt(m.nanos());
                out.putShort((short) m.idleTimeout()).putShort((short) 0);
                out.putLong(m.packets()).putLong(m.bytes());
                yield FLOW_REMOVED;
            }
            case Message.PortStatus m -> {
                out.putLong((long) m.reason() << 56);
                write(m.port(), out);
                yield PORT_STATUS;
            }
            case Message.PacketOut m -> {
                out.putInt(m.buffer()).putShort(Ports10.write(m.inPort())).putShort((short) 0);
                int start = out.position();
                Actions10.write(m.actions(), out);
                out.putShort(start - 2, (short) (out.position() - start));
                m.data().put(out);
                yield PACKET_OUT;
            }
            case FlowMod m -> {
                flowMod(m, out);
                yield FLOW_MOD;
            }
            case MultipartRequest m -> {
                Multipart10.write(m, out);
                yield STATS_REQUEST;
            }
            case MultipartReply m -> {
                Multipart10.write(m, out);
                yield STATS_REPLY;
            }
            case Message.BarrierRequest m -> BARRIER_REQUEST;
            case Message.BarrierReply m -> BARRIER_REPLY;
            case Message.Other m -> {
                m.body().put(out);
                yield m.type();
            }
        };
    }

    private static void flowMod(FlowMod m, ByteBuffer out) {
        FlowEntry entry = m.entry();
        Match10.write(entry.match(), out);
        out.putLong(entry.cookie()).putShort((short) m.command().ordinal());
        out.putShort((short) m.idleTimeout()).putShort((short) m.hardTimeout()).putShort((short) entry.priority());
        out.putInt(m.buffer()).putShort(Ports10.write(m.outPort())).putShort((short) m.flags());
        Actions10.write(actions(entry), out);
    }

    private static void write(MultipartReply.PortDescription port, ByteBuffer out) {
        out.putShort(Ports10.write(port.port()));
        out.putShort((short) (port.mac() >>> 32)).putInt((int) port.mac());
        MultipartCodec.text(port.name(), PORT_NAME, out);
        out.putInt(port.config()).putInt(port.state());
        out.putInt(port.current())
                .putInt(port.advertised())
                .putInt(port.supported())
                .putInt(port.peer());
    }

    private static MultipartReply.PortDescription readPort(ByteBuffer in) {
        int number = Ports10.read(in.getShort());
        long mac = (in.getShort() & 0xffffL) << 32 | in.getInt() & 0xffff_ffffL;
        String name = MultipartCodec.text(PORT_NAME, in);
        return new MultipartReply.PortDescription(
                number, mac, name, in.getInt(), in.getInt(), in.getInt(), in.getInt(), in.getInt(), in.getInt(), 0, 0);
    }

    /** See {@link OpenFlow13#decode}. */
    public static Message decode(ByteBuffer in) {
        if (!Header.complete(in)) {
            throw OpenFlowException.malformed("incomplete, " + in.remaining() + " bytes");
        }
        int start = in.position();
        int version = Header.version(in, start);
        int type = Header.type(in, start);
        if (type == HELLO) {
            return OpenFlow13.decode(in); // greetings are alike in all versions
        }
        int limit = in.limit();
        in.limit(start + Header.length(in, start)).position(start + Header.SIZE);
        try {
            if (version != VERSION) {
                throw OpenFlowException.malformed("version " + version + " where 1 is spoken");
            }
            return message(type, in);
        } catch (BufferUnderflowException e) {
            throw OpenFlowException.malformed("type " + type + " with too few bytes");
        } finally {
            in.position(in.limit()).limit(limit);
        }
    }

    private static Message message(int type, ByteBuffer in) {
        return switch (type) {
            case ERROR ->
                new Message.Error(in.getShort() & 0xffff, in.getShort() & 0xffff, Bytes.take(in, in.remaining()));
            case ECHO_REQUEST -> new Message.EchoRequest(Bytes.take(in, in.remaining()));
            case ECHO_REPLY -> new Message.EchoReply(Bytes.take(in, in.remaining()));
            case FEATURES_REQUEST -> new Message.FeaturesRequest();
            case FEATURES_REPLY -> {
                long datapath = in.getLong();
                int buffers = in.getInt();
                int tables = in.getInt() >>> 24;
                int capabilities = in.getInt();
                int actions = in.getInt();
                List<MultipartReply.PortDescription> ports = new ArrayList<>();
                while (in.remaining() >= PORT_SIZE) {
                    ports.add(readPort(in));
                }
                yield new Message.Features(datapath, buffers, tables, 0, capabilities, actions, ports);
            }
            case GET_CONFIG_REQUEST -> new Message.GetConfigRequest();
            case GET_CONFIG_REPLY -> new Message.Config(in.getShort() & 0xffff, in.getShort() & 0xffff);
            case SET_CONFIG -> new Message.SetConfig(in.getShort() & 0xffff, in.getShort() & 0xffff);
            case PACKET_IN -> {
                int buffer = in.getInt();
                int length = in.getShort() & 0xffff;
                int port = Ports10.read(in.getShort());
                int reason = in.get() & 0xff;
                in.get();
                yield new Message.PacketIn(
                        buffer,
                        length,
                        reason,
                        0,
                        -1,
                        Match.of(OxmField.IN_PORT.is(port & 0xffff_ffffL)),
                        Bytes.take(in, in.remaining()));
            }
            case FLOW_REMOVED -> flowRemoved(in);
            case PORT_STATUS -> new Message.PortStatus((int) (in.getLong() >>> 56), readPort(in));
            case PACKET_OUT -> {
                int buffer = in.getInt();
                int port = Ports10.read(in.getShort());
                int end = (in.getShort() & 0xffff) + in.position();
                if (end > in.limit()) {
                    throw OpenFlowException.malformed("actions that exceed their packet-out");
                }
                List<Action> actions = Actions10.read(in, end);
                yield new Message.PacketOut(buffer, port, actions, Bytes.take(in, in.remaining()));
            }
            case FLOW_MOD -> flowMod(in);
            case STATS_REQUEST -> Multipart10.readRequest(in);
            case STATS_REPLY -> Multipart10.readReply(in);
            case BARRIER_REQUEST -> new Message.BarrierRequest();
            case BARRIER_REPLY -> new Message.BarrierReply();
            default -> new Message.Other(type, Bytes.take(in, in.remaining()));
        };
    }

    private static Message.FlowRemoved flowRemoved(ByteBuffer in) {
        Match match = Match10.read(in);
        long cookie = in.getLong();
        int priority = in.getShort() & 0xffff;
        int reason = in.get() & 0xff;
        in.get();
        int seconds = in.getInt();
        int nanos = in.getInt();
        int idle = in.getShort() & 0xffff;
        in.getShort();
        FlowEntry entry = new FlowEntry(0, priority, cookie, match, List.of());
        return new Message.FlowRemoved(entry, reason, seconds, nanos, idle, 0, in.getLong(), in.getLong());
    }

    private static FlowMod flowMod(ByteBuffer in) {
        Match match = Match10.read(in);
        long cookie = in.getLong();
        int command = in.getShort() & 0xffff;
        FlowMod.Command[] commands = FlowMod.Command.values();
        if (command >= commands.length) {
            throw OpenFlowException.malformed("flow-mod command " + command);
        }
        int idle = in.getShort() & 0xffff;
        int hard = in.getShort() & 0xffff;
        int priority = in.getShort() & 0xffff;
        int buffer = in.getInt();
        int outPort = Ports10.read(in.getShort());
        int flags = in.getShort() & 0xffff;
        FlowEntry entry = new FlowEntry(0, priority, cookie, match, instructions(Actions10.read(in, in.limit())));
        return new FlowMod(commands[command], entry, 0, idle, hard, buffer, outPort, Ports.ANY, flags);
    }
}
