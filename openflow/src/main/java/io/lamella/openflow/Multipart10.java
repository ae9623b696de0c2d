package io.lamella.openflow;

import java.nio.ByteBuffer;
import java.time.Duration;

/** Statistics of version 1.0 (section 5.3.5), which version 1.3 calls multipart messages. */
final class Multipart10 {
    private static final int TABLE_NAME = 32;
    private static final int FLOW_FIXED = 88;
    private static final int PORT_COUNTERS = 96;
    private static final int QUEUE_COUNTERS = 24;

    private Multipart10() {}

    static void write(MultipartRequest request, ByteBuffer out) {
        switch (request) {
            case MultipartRequest.Description r -> head(MultipartCodec.DESCRIPTION, 0, out);
            case MultipartRequest.Tables r -> head(MultipartCodec.TABLE, 0, out);
            case MultipartRequest.Flows r -> {
                head(MultipartCodec.FLOW, 0, out);
                write(r, out);
            }
            case MultipartRequest.Aggregate r -> {
                head(MultipartCodec.AGGREGATE, 0, out);
                write(r.flows(), out);
            }
            case MultipartRequest.PortStats r -> {
                head(MultipartCodec.PORT, 0, out);
                out.putLong((long) Ports10.write(r.port()) << 48);
            }
            case MultipartRequest.QueueStats r -> {
                head(MultipartCodec.QUEUE, 0, out);
                // All ports are OFPP_ALL here and OFPP_ANY in 1.3.
                out.putShort(Ports10.write(r.port() == Ports.ANY ? Ports.ALL : r.port()))
                        .putShort((short) 0)
                        .putInt(r.queue());
            }
            case MultipartRequest.Other r -> {
                head(r.multipartType(), r.flags(), out);
                r.body().put(out);
            }
            case MultipartRequest.PortDescriptions r ->
                throw OpenFlowException.because("version 1.0 has no port descriptions but in its features");
        }
    }

    private static void write(MultipartRequest.Flows r, ByteBuffer out) {
        Match10.write(r.match(), out);
        out.put((byte) r.table()).put((byte) 0).putShort(Ports10.write(r.outPort()));
    }

    static MultipartRequest readRequest(ByteBuffer in) {
        int head = in.getInt();
        return switch (head) {
            case MultipartCodec.DESCRIPTION << 16 -> new MultipartRequest.Description();
            case MultipartCodec.TABLE << 16 -> new MultipartRequest.Tables();
            case MultipartCodec.FLOW << 16 -> readFlows(in);
            case MultipartCodec.AGGREGATE << 16 -> new MultipartRequest.Aggregate(readFlows(in));
            case MultipartCodec.PORT << 16 ->
                new MultipartRequest.PortStats(Ports10.read((short) (in.getLong() >>> 48)));
            case MultipartCodec.QUEUE << 16 -> {
                int port = Ports10.read(in.getShort());
                in.getShort();
                yield new MultipartRequest.QueueStats(port == Ports.ALL ? Ports.ANY : port, in.getInt());
            }
            default -> new MultipartRequest.Other(head >>> 16, head & 0xffff, Bytes.take(in, in.remaining()));
        };
    }

    private static MultipartRequest.Flows readFlows(ByteBuffer in) {
        Match match = Match10.read(in);
        int table = in.get() & 0xff;
        in.get();
        return new MultipartRequest.Flows(table, Ports10.read(in.getShort()), Ports.ANY, 0, 0, match);
    }

    static void write(MultipartReply reply, ByteBuffer out) {
        int flags = reply.more() ? MultipartCodec.MORE : 0;
        switch (reply) {
            case MultipartReply.Description r -> {
                head(MultipartCodec.DESCRIPTION, flags, out);
                MultipartCodec.write(r, out);
            }
            case MultipartReply.Flows r -> {
                head(MultipartCodec.FLOW, flags, out);
                r.flows().forEach(flow -> write(flow, out));
            }
            case MultipartReply.Aggregate r -> {
                head(MultipartCodec.AGGREGATE, flags, out);
                MultipartCodec.write(r, out);
            }
            case MultipartReply.Tables r -> {
                head(MultipartCodec.TABLE, flags, out);
                for (MultipartReply.TableStats t : r.tables()) {
                    out.putInt(t.table() << 24);
                    MultipartCodec.text(t.name(), TABLE_NAME, out);
                    out.putInt(t.wildcards()).putInt(t.most()).putInt(t.active());
                    out.putLong(t.lookups()).putLong(t.matches());
                }
            }
            case MultipartReply.PortStats r -> {
                head(MultipartCodec.PORT, flags, out);
                r.ports().forEach(p -> p.counters().put(out.putLong((long) Ports10.write(p.port()) << 48)));
            }
            case MultipartReply.QueueStats r -> {
                head(MultipartCodec.QUEUE, flags, out);
                r.queues()
                        .forEach(q -> q.counters()
                                .put(out.putShort(Ports10.write(q.port()))
                                        .putShort((short) 0)
                                        .putInt(q.queue())));
            }
            case MultipartReply.Other r -> {
                head(r.multipartType(), flags, out);
                r.body().put(out);
            }
            case MultipartReply.PortDescriptions r ->
                throw OpenFlowException.because("version 1.0 has no port descriptions but in its features");
        }
    }

    static MultipartReply readReply(ByteBuffer in) {
        int type = in.getShort() & 0xffff;
        boolean more = (in.getShort() & MultipartCodec.MORE) != 0;
        return switch (type) {
            case MultipartCodec.DESCRIPTION -> MultipartCodec.readDescription(more, in);
            case MultipartCodec.FLOW -> new MultipartReply.Flows(more, MultipartCodec.all(in, Multipart10::readFlow));
            case MultipartCodec.AGGREGATE -> MultipartCodec.readAggregate(more, in);
            case MultipartCodec.TABLE ->
                new MultipartReply.Tables(more, MultipartCodec.all(in, Multipart10::readTable));
            case MultipartCodec.PORT ->
                new MultipartReply.PortStats(more, MultipartCodec.all(in, Multipart10::readPort));
            case MultipartCodec.QUEUE ->
                new MultipartReply.QueueStats(more, MultipartCodec.all(in, Multipart10::readQueue));
            default -> new MultipartReply.Other(more, type, Bytes.take(in, in.remaining()));
        };
    }

    private static MultipartReply.TableStats readTable(ByteBuffer in) {
        int table = in.getInt() >>> 24;
        String name = MultipartCodec.text(TABLE_NAME, in);
        int wildcards = in.getInt();
        int most = in.getInt();
        return new MultipartReply.TableStats(table, in.getInt(), in.getLong(), in.getLong(), name, wildcards, most);
    }

    private static MultipartReply.PortStatistics readPort(ByteBuffer in) {
        int port = Ports10.read((short) (in.getLong() >>> 48));
        return new MultipartReply.PortStatistics(port, Bytes.take(in, PORT_COUNTERS));
    }

    private static MultipartReply.QueueStatistics readQueue(ByteBuffer in) {
        int port = Ports10.read((short) (in.getInt() >>> 16));
        return new MultipartReply.QueueStatistics(port, in.getInt(), Bytes.take(in, QUEUE_COUNTERS));
    }

    private static void write(FlowStats flow, ByteBuffer out) {
        int start = out.position();
        FlowEntry entry = flow.entry();
        out.putShort((short) 0).put((byte) entry.table()).put((byte) 0);
        Match10.write(entry.match(), out);
        out.putInt((int) flow.age().getSeconds()).putInt(flow.age().getNano());
        out.putShort((short) entry.priority())
                .putShort((short) flow.idleTimeout())
                .putShort((short) flow.hardTimeout());
        out.putInt(0).putShort((short) 0);
        out.putLong(entry.cookie()).putLong(flow.packets()).putLong(flow.bytes());
        Actions10.write(OpenFlow10.actions(entry), out);
        out.putShort(start, (short) (out.position() - start));
    }

    private static FlowStats readFlow(ByteBuffer in) {
        int start = in.position();
        int length = in.getShort() & 0xffff;
        int end = start + length;
        if (length < FLOW_FIXED || end > in.limit()) {
            throw OpenFlowException.malformed("flow statistics of length " + length);
        }
        int table = in.get() & 0xff;
        in.get();
        Match match = Match10.read(in);
        Duration age = Duration.ofSeconds(in.getInt() & 0xffff_ffffL, in.getInt() & 0xffff_ffffL);
        int priority = in.getShort() & 0xffff;
        int idle = in.getShort() & 0xffff;
        int hard = in.getShort() & 0xffff;
        in.getInt();
        in.getShort();
        long cookie = in.getLong();
        long packets = in.getLong();
        long bytes = in.getLong();
        FlowEntry entry =
                new FlowEntry(table, priority, cookie, match, OpenFlow10.instructions(Actions10.read(in, end)));
        return new FlowStats(entry, age, idle, hard, 0, packets, bytes);
    }

    private static void head(int type, int flags, ByteBuffer out) {
        out.putShort((short) type).putShort((short) flags);
    }
}
