package io.lamella.openflow;

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
        Frame.encode(VERSION, xid, message, OpenFlow10::body, out);
    }

    private static int body(Message message, ByteBuffer out) {
        return switch (message) {
            case Message.Common m -> Frame.write(m, out);
            case Message.Hello m -> Frame.HELLO;
            case Message.Features m -> {
                out.putLong(m.datapath()).putInt(m.buffers()).putInt(m.tables() << 24);
                out.putInt(m.capabilities()).putInt(m.actions());
                m.ports().forEach(p -> write(p, out));
                yield Frame.FEATURES_REPLY;
            }
            case Message.PacketIn m -> {
                int port = m.match()
                        .field(OxmField.IN_PORT)
                        .map(f -> (int) f.low())
                        .orElse(Ports.ANY);
                out.putInt(m.buffer()).putShort((short) m.length()).putShort(Ports10.write(port));
                m.data().put(out.put((byte) m.reason()).put((byte) 0));
                yield Frame.PACKET_IN;
            }
            case Message.FlowRemoved m -> {
                Match10.write(m.entry().match(), out);
                out.putLong(m.entry().cookie()).putShort((short) m.entry().priority());
                out.put((byte) m.reason()).put((byte) 0).putInt(m.seconds()).putInt(m.nanos());
                out.putShort((short) m.idleTimeout()).putShort((short) 0);
                out.putLong(m.packets()).putLong(m.bytes());
                yield Frame.FLOW_REMOVED;
            }
            case Message.PortStatus m -> {
                out.putLong((long) m.reason() << 56);
                write(m.port(), out);
                yield Frame.PORT_STATUS;
            }
            case Message.PacketOut m -> {
                out.putInt(m.buffer()).putShort(Ports10.write(m.inPort())).putShort((short) 0);
                int start = out.position();
                Actions10.write(m.actions(), out);
                out.putShort(start - 2, (short) (out.position() - start));
                m.data().put(out);
                yield Frame.PACKET_OUT;
            }
            case FlowMod m -> {
                flowMod(m, out);
                yield Frame.FLOW_MOD;
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
        return Frame.decode(VERSION, in, OpenFlow10::message);
    }

    private static Message message(int type, ByteBuffer in) {
        return switch (type) {
            case Frame.FEATURES_REPLY -> {
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
            case Frame.PACKET_IN -> {
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
            case Frame.FLOW_REMOVED -> flowRemoved(in);
            case Frame.PORT_STATUS -> new Message.PortStatus((int) (in.getLong() >>> 56), readPort(in));
            case Frame.PACKET_OUT -> {
                int buffer = in.getInt();
                int port = Ports10.read(in.getShort());
                int end = (in.getShort() & 0xffff) + in.position();
                if (end > in.limit()) {
                    throw OpenFlowException.malformed("actions that exceed their packet-out");
                }
                List<Action> actions = Actions10.read(in, end);
                yield new Message.PacketOut(buffer, port, actions, Bytes.take(in, in.remaining()));
            }
            case Frame.FLOW_MOD -> flowMod(in);
            case STATS_REQUEST -> Multipart10.readRequest(in);
            case STATS_REPLY -> Multipart10.readReply(in);
            case BARRIER_REQUEST -> new Message.BarrierRequest();
            case BARRIER_REPLY -> new Message.BarrierReply();
            default -> Frame.read(type, in);
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
