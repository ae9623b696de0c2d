package io.lamella.openflow;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Multipart messages of version 1.3 (section A.3.5), from the byte after the header on. */
final class MultipartCodec {
    static final int DESCRIPTION = 0;
    static final int FLOW = 1;
    static final int AGGREGATE = 2;
    static final int TABLE = 3;
    static final int PORT = 4;
    static final int QUEUE = 5;
    private static final int PORT_DESCRIPTION = 13;

    static final int MORE = 1;
    private static final int LONG_TEXT = 256;
    private static final int SERIAL_TEXT = 32;
    private static final int PORT_NAME = 16;
    private static final int FLOW_STATS_FIXED = 48;
    private static final int PORT_COUNTERS = 104;
    private static final int QUEUE_COUNTERS = 32;

    private MultipartCodec() {}

    static void write(MultipartRequest request, ByteBuffer out) {
        switch (request) {
            case MultipartRequest.Description r -> head(DESCRIPTION, 0, out);
            case MultipartRequest.Tables r -> head(TABLE, 0, out);
            case MultipartRequest.PortDescriptions r -> head(PORT_DESCRIPTION, 0, out);
            case MultipartRequest.Flows r -> {
                head(FLOW, 0, out);
                write(r, out);
            }
            case MultipartRequest.Aggregate r -> {
                head(AGGREGATE, 0, out);
                write(r.flows(), out);
            }
            case MultipartRequest.PortStats r -> {
                head(PORT, 0, out);
                out.putInt(r.port()).putInt(0);
            }
            case MultipartRequest.QueueStats r -> {
                head(QUEUE, 0, out);
                out.putInt(r.port()).putInt(r.queue());
            }
            case MultipartRequest.Other r -> {
                head(r.multipartType(), r.flags(), out);
                r.body().put(out);
            }
        }
    }

    static MultipartRequest readRequest(ByteBuffer in) {
        int head = in.getInt();
        in.getInt();
        return switch (head) {
            case DESCRIPTION << 16 -> new MultipartRequest.Description();
            case TABLE << 16 -> new MultipartRequest.Tables();
            case PORT_DESCRIPTION << 16 -> new MultipartRequest.PortDescriptions();
            case FLOW << 16 -> readFlows(in);
            case AGGREGATE << 16 -> new MultipartRequest.Aggregate(readFlows(in));
            case PORT << 16 -> new MultipartRequest.PortStats((int) (in.getLong() >>> 32));
            case QUEUE << 16 -> new MultipartRequest.QueueStats(in.getInt(), in.getInt());
            default -> new MultipartRequest.Other(head >>> 16, head & 0xffff, Bytes.take(in, in.remaining()));
        };
    }

    private static void write(MultipartRequest.Flows r, ByteBuffer out) {
        out.putInt(r.table() << 24).putInt(r.outPort()).putInt(r.outGroup());
        out.putInt(0).putLong(r.cookie()).putLong(r.cookieMask());
        MatchCodec.write(r.match(), out);
    }

    private static MultipartRequest.Flows readFlows(ByteBuffer in) {
        int table = in.getInt() >>> 24;
        int outPort = in.getInt();
        int outGroup = in.getInt();
        in.getInt();
        return new MultipartRequest.Flows(table, outPort, outGroup, in.getLong(), in.getLong(), MatchCodec.read(in));
    }

    static void write(MultipartReply reply, ByteBuffer out) {
        int flags = reply.more() ? MORE : 0;
        switch (reply) {
            case MultipartReply.Description r -> {
                head(DESCRIPTION, flags, out);
                write(r, out);
            }
            case MultipartReply.Flows r -> {
                head(FLOW, flags, out);
                r.flows().forEach(flow -> write(flow, out));
            }
            case MultipartReply.Aggregate r -> {
                head(AGGREGATE, flags, out);
                write(r, out);
            }
            case MultipartReply.PortStats r -> {
                head(PORT, flags, out);
                r.ports().forEach(p -> p.counters().put(out.putInt(p.port()).putInt(0)));
            }
            case MultipartReply.QueueStats r -> {
                head(QUEUE, flags, out);
                r.queues().forEach(q -> q.counters().put(out.putInt(q.port()).putInt(q.queue())));
            }
            case MultipartReply.Tables r -> {
                head(TABLE, flags, out);
                for (MultipartReply.TableStats t : r.tables()) {
                    out.putInt(t.table() << 24).putInt(t.active());
                    out.putLong(t.lookups()).putLong(t.matches());
                }
            }
            case MultipartReply.PortDescriptions r -> {
                head(PORT_DESCRIPTION, flags, out);
                r.ports().forEach(port -> write(port, out));
            }
            case MultipartReply.Other r -> {
                head(r.multipartType(), flags, out);
                r.body().put(out);
            }
        }
    }

    static MultipartReply readReply(ByteBuffer in) {
        int type = in.getShort() & 0xffff;
        boolean more = (in.getShort() & MORE) != 0;
        in.getInt();
        return switch (type) {
            case DESCRIPTION -> readDescription(more, in);
            case FLOW -> new MultipartReply.Flows(more, all(in, MultipartCodec::readFlow));
            case AGGREGATE -> readAggregate(more, in);
            case PORT ->
                new MultipartReply.PortStats(
                        more,
                        all(
                                in,
                                i -> new MultipartReply.PortStatistics(
                                        (int) (i.getLong() >>> 32), Bytes.take(i, PORT_COUNTERS))));
            case QUEUE ->
                new MultipartReply.QueueStats(
                        more,
                        all(
                                in,
                                i -> new MultipartReply.QueueStatistics(
                                        i.getInt(), i.getInt(), Bytes.take(i, QUEUE_COUNTERS))));
            case TABLE ->
                new MultipartReply.Tables(
                        more,
                        all(
                                in,
                                i -> new MultipartReply.TableStats(
                                        i.getInt() >>> 24, i.getInt(), i.getLong(), i.getLong())));
            case PORT_DESCRIPTION -> new MultipartReply.PortDescriptions(more, all(in, MultipartCodec::readPort));
            default -> new MultipartReply.Other(more, type, Bytes.take(in, in.remaining()));
        };
    }

    /** What fills the rest of a message. */
    static <T> List<T> all(ByteBuffer in, Function<ByteBuffer, T> one) {
        List<T> found = new ArrayList<>();
        while (in.hasRemaining()) {
            found.add(one.apply(in));
        }
        return found;
    }

    static void write(MultipartReply.Description r, ByteBuffer out) {
        text(r.manufacturer(), LONG_TEXT, out);
        text(r.hardware(), LONG_TEXT, out);
        text(r.software(), LONG_TEXT, out);
        text(r.serial(), SERIAL_TEXT, out);
        text(r.datapath(), LONG_TEXT, out);
    }

    static MultipartReply.Description readDescription(boolean more, ByteBuffer in) {
        return new MultipartReply.Description(
                more,
                text(LONG_TEXT, in),
                text(LONG_TEXT, in),
                text(LONG_TEXT, in),
                text(SERIAL_TEXT, in),
                text(LONG_TEXT, in));
    }

    static void write(MultipartReply.Aggregate r, ByteBuffer out) {
        out.putLong(r.packets()).putLong(r.bytes()).putInt(r.flows()).putInt(0);
    }

    static MultipartReply.Aggregate readAggregate(boolean more, ByteBuffer in) {
        return new MultipartReply.Aggregate(more, in.getLong(), in.getLong(), (int) (in.getLong() >>> 32));
    }

    private static void write(FlowStats flow, ByteBuffer out) {
        int start = out.position();
        FlowEntry entry = flow.entry();
        out.putShort((short) 0).put((byte) entry.table()).put((byte) 0);
        out.putInt((int) flow.age().getSeconds()).putInt(flow.age().getNano());
        out.putShort((short) entry.priority())
                .putShort((short) flow.idleTimeout())
                .putShort((short) flow.hardTimeout())
                .putShort((short) flow.flags())
                .putInt(0);
        out.putLong(entry.cookie()).putLong(flow.packets()).putLong(flow.bytes());
        MatchCodec.write(entry.match(), out);
        InstructionCodec.writeInstructions(entry.instructions(), out);
        out.putShort(start, (short) (out.position() - start));
    }

    private static FlowStats readFlow(ByteBuffer in) {
        int start = in.position();
        int length = in.getShort() & 0xffff;
        int end = start + length;
        if (length < FLOW_STATS_FIXED + 8 || end > in.limit()) {
            throw OpenFlowException.malformed("flow statistics of length " + length);
        }
        int table = in.get() & 0xff;
        in.get();
        Duration age = Duration.ofSeconds(in.getInt() & 0xffff_ffffL, in.getInt() & 0xffff_ffffL);
        int priority = in.getShort() & 0xffff;
        int idle = in.getShort() & 0xffff;
        int hard = in.getShort() & 0xffff;
        int flags = in.getShort() & 0xffff;
        in.getInt();
        long cookie = in.getLong();
        long packets = in.getLong();
        long bytes = in.getLong();
        Match match = MatchCodec.read(in);
        if (in.position() > end) {
            throw OpenFlowException.malformed("a match that exceeds its flow statistics");
        }
        List<Instruction> instructions = InstructionCodec.readInstructions(in, end);
        FlowEntry entry = new FlowEntry(table, priority, cookie, match, instructions);
        return new FlowStats(entry, age, idle, hard, flags, packets, bytes);
    }

    static void write(MultipartReply.PortDescription port, ByteBuffer out) {
        out.putInt(port.port()).putInt(0).putLong(port.mac() << 16);
        text(port.name(), PORT_NAME, out);
        out.putInt(port.config()).putInt(port.state());
        out.putInt(port.current()).putInt(port.advertised()).putInt(port.supported());
        out.putInt(port.peer()).putInt(port.currentSpeed()).putInt(port.maxSpeed());
    }

    static MultipartReply.PortDescription readPort(ByteBuffer in) {
        int number = in.getInt();
        in.getInt();
        return new MultipartReply.PortDescription(
                number,
                in.getLong() >>> 16,
                text(PORT_NAME, in),
                in.getInt(),
                in.getInt(),
                in.getInt(),
                in.getInt(),
                in.getInt(),
                in.getInt(),
                in.getInt(),
                in.getInt());
    }

    private static void head(int type, int flags, ByteBuffer out) {
        out.putShort((short) type).putShort((short) flags).putInt(0);
    }

    /** Writes a text that ends with a zero byte into a field of {@code size} bytes, cut where it is too long. */
    static void text(String text, int size, ByteBuffer out) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        int length = Math.min(bytes.length, size - 1);
        out.put(bytes, 0, length);
        MatchCodec.pad(out, size - length);
    }

    static String text(int size, ByteBuffer in) {
        byte[] bytes = Bytes.take(in, size).toArray();
        int length = 0;
        while (length < size - 1 && bytes[length] != 0) {
            length++;
        }
        return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    }
}
