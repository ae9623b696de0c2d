package io.lamella.flowspace;

import io.lamella.openflow.Bytes;
import io.lamella.openflow.FlowEntry;
import io.lamella.openflow.FlowStats;
import io.lamella.openflow.Header;
import io.lamella.openflow.Match;
import io.lamella.openflow.Message;
import io.lamella.openflow.MultipartReply;
import io.lamella.openflow.MultipartRequest;
import io.lamella.openflow.Ports;
import io.lamella.openflow.Version;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Statistics and descriptions, cut to what is the slice's. */
final class Questions {
    private static final int GROUP = 6;
    private static final int GROUP_DESCRIPTION = 7;
    private static final int METER = 9;
    private static final int METER_CONFIG = 10;
    private static final int TABLE_FEATURES = 12;
    private static final int EXPERIMENTER = 0xffff;
    private static final long SLICE_BITS = 0xffffL << 48;

    private final SlicedSwitch at;
    private final Tenant tenant;
    private final Controller from;
    private final int xid;
    private final Bytes head;

    Questions(SlicedSwitch at, Tenant tenant, Controller from, int xid, Bytes head) {
        this.at = at;
        this.tenant = tenant;
        this.from = from;
        this.xid = xid;
        this.head = head;
    }

    private void ask(Message request, Pending.Purpose purpose) {
        at.ask(request, new Pending(tenant, from, xid, head, purpose));
    }

    void handle(MultipartRequest request) {
        switch (request) {
            case MultipartRequest.Description q -> ask(q, new Pending.Relay());
            case MultipartRequest.Flows q ->
                count(Pending.Kind.FLOWS, tenant.book().matching(q, tenant.pattern(q.match())));
            case MultipartRequest.Aggregate q ->
                count(
                        Pending.Kind.AGGREGATE,
                        tenant.book()
                                .matching(q.flows(), tenant.pattern(q.flows().match())));
            case MultipartRequest.Tables q ->
                count(Pending.Kind.TABLES, List.copyOf(tenant.book().flows()));
            case MultipartRequest.PortStats q -> {
                port(q.port());
                ask(q, new Pending.Relay());
            }
            case MultipartRequest.QueueStats q -> {
                port(q.port());
                ask(q, new Pending.Relay());
            }
            case MultipartRequest.PortDescriptions q -> ports();
            case MultipartRequest.Other q -> other(q);
        }
    }

    private void port(int port) {
        if (port != Ports.ANY && !tenant.territory().hasPort(port)) {
            throw new Refused(Fault.BAD_PORT);
        }
    }

    private void ports() {
        List<MultipartReply.PortDescription> ports = tenant.ports();
        int most = 1000; // of 64 bytes each
        int sent = 0;
        do {
            int next = Math.min(sent + most, ports.size());
            from.send(xid, new MultipartReply.PortDescriptions(next < ports.size(), ports.subList(sent, next)));
            sent = next;
        } while (sent < ports.size());
    }

    private void other(MultipartRequest.Other q) {
        if (q.multipartType() == EXPERIMENTER) {
            throw new Refused(Fault.BAD_EXPERIMENTER);
        }
        if (at.version() == Version.V1_0) {
            throw new Refused(Fault.BAD_MULTIPART);
        }
        switch (q.multipartType()) {
            // There are none yet.
            case GROUP, GROUP_DESCRIPTION, METER, METER_CONFIG ->
                from.send(xid, new MultipartReply.Other(false, q.multipartType(), Bytes.EMPTY));
            case TABLE_FEATURES -> {
                if (q.body().length() != 0 || q.flags() != 0) {
                    throw new Refused(Fault.TABLE_FEATURES_NOT_PERMITTED);
                }
                ask(q, new Pending.Relay());
            }
            default -> throw new Refused(Fault.BAD_MULTIPART);
        }
    }

    private void count(Pending.Kind kind, List<SliceFlow> flows) {
        MultipartRequest own = at.version() == Version.V1_0
                ? MultipartRequest.Flows.ALL
                : new MultipartRequest.Flows(
                        Ports.ALL_TABLES, Ports.ANY, Ports.ANY, tenant.mark(), SLICE_BITS, Match.ANY);
        ask(own, new Pending.Count(new Pending.Question(kind, flows)));
    }

    /** Adds what the switch says of its entries. */
    static void counted(Pending.Count count, MultipartReply.Flows reply) {
        for (FlowStats s : reply.flows()) {
            count.counters()
                    .merge(
                            s.entry().cookie(),
                            new Pending.Counters(s.packets(), s.bytes(), s.age()),
                            (a, b) -> new Pending.Counters(
                                    a.packets() + b.packets(),
                                    a.bytes() + b.bytes(),
                                    a.age().compareTo(b.age()) > 0 ? a.age() : b.age()));
        }
    }

    /** Answers once everything is counted. */
    void answer(Pending.Count count) {
        List<SliceFlow> flows =
                count.question().flows().stream().filter(f -> !f.ended()).toList();
        switch (count.question().kind()) {
            case FLOWS -> flows(count, flows);
            case AGGREGATE -> {
                long packets = 0;
                long bytes = 0;
                for (SliceFlow f : flows) {
                    packets += packets(count, f);
                    bytes += bytes(count, f);
                }
                from.send(xid, new MultipartReply.Aggregate(false, packets, bytes, flows.size()));
            }
            case TABLES -> {
                Map<Integer, Long> matches = new HashMap<>();
                flows.forEach(f -> matches.merge(f.entry().table(), packets(count, f), Long::sum));
                ask(new MultipartRequest.Tables(), new Pending.Tables(matches));
            }
        }
    }

    private static Pending.Counters counters(Pending.Count count, SliceFlow f) {
        return count.counters().getOrDefault(f.mark, new Pending.Counters(0, 0, Duration.ZERO));
    }

    private static long packets(Pending.Count count, SliceFlow f) {
        return f.packetCount() + counters(count, f).packets();
    }

    private static long bytes(Pending.Count count, SliceFlow f) {
        return f.byteCount() + counters(count, f).bytes();
    }

    private void flows(Pending.Count count, List<SliceFlow> flows) {
        List<FlowStats> chunk = new ArrayList<>();
        int size = 64;
        ByteBuffer scratch = ByteBuffer.allocate(Header.MAX_LENGTH);
        for (SliceFlow f : flows) {
            FlowStats stats = new FlowStats(
                    f.entry(),
                    counters(count, f).age(),
                    f.mod().idleTimeout(),
                    f.mod().hardTimeout(),
                    f.mod().flags(),
                    packets(count, f),
                    bytes(count, f));
            at.version().encode(0, new MultipartReply.Flows(false, List.of(stats)), scratch.clear());
            if (size + scratch.position() > Header.MAX_LENGTH) {
                from.send(xid, new MultipartReply.Flows(true, chunk));
                chunk = new ArrayList<>();
                size = 64;
            }
            chunk.add(stats);
            size += scratch.position();
        }
        from.send(xid, new MultipartReply.Flows(false, chunk));
    }

    /** Answers with one message of the switch's tables, in which only the slice's flows count. */
    void answer(Pending.Tables asked, MultipartReply.Tables reply) {
        Map<Integer, Integer> active = new HashMap<>();
        for (SliceFlow f : tenant.book().flows()) {
            FlowEntry e = f.entry();
            active.merge(e.table(), 1, Integer::sum);
        }
        List<MultipartReply.TableStats> tables = new ArrayList<>();
        for (MultipartReply.TableStats t : reply.tables()) {
            long matches = asked.matches().getOrDefault(t.table(), 0L);
            int most = tenant.slice()
                    .flowLimit()
                    .map(limit -> Math.min(limit, t.most()))
                    .orElse(t.most());
            tables.add(new MultipartReply.TableStats(
                    t.table(),
                    active.getOrDefault(t.table(), 0),
                    tenant.territory().everything() ? t.lookups() : matches,
                    matches,
                    t.name(),
                    t.wildcards(),
                    most));
        }
        from.send(xid, new MultipartReply.Tables(reply.more(), tables));
    }

    /** An answer of the switch as the slice may see it. */
    static Message visible(Message reply, Territory territory) {
        return switch (reply) {
            case MultipartReply.PortStats r ->
                new MultipartReply.PortStats(
                        r.more(),
                        r.ports().stream()
                                .filter(p -> territory.hasPort(p.port()))
                                .toList());
            case MultipartReply.QueueStats r ->
                new MultipartReply.QueueStats(
                        r.more(),
                        r.queues().stream()
                                .filter(q -> territory.hasPort(q.port()))
                                .toList());
            default -> reply;
        };
    }
}
