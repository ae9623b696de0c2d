package io.lamella.openflow;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Random messages that this codec knows how to write. */
final class Messages {
    private Messages() {}

    static byte[] encode(int xid, Message message) {
        ByteBuffer out = ByteBuffer.allocate(Header.MAX_LENGTH);
        OpenFlow13.encode(xid, message, out);
        byte[] bytes = new byte[out.flip().remaining()];
        out.get(bytes);
        return bytes;
    }

    static Arbitrary<Message> any() {
        return Arbitraries.oneOf(List.of(
                hello(),
                errors(),
                echoes(),
                features(),
                configs(),
                packets(),
                notices(),
                flowMods(),
                requests(),
                replies(),
                others()));
    }

    private static Arbitrary<Message> hello() {
        return Combinators.combine(unsigned(8), Arbitraries.integers()).as(Message.Hello::new);
    }

    private static Arbitrary<Message> errors() {
        return Combinators.combine(unsigned(16), unsigned(16), bytes(80)).as(Message.Error::new);
    }

    private static Arbitrary<Message> echoes() {
        return Arbitraries.oneOf(
                bytes(200).map(Message.EchoRequest::new),
                bytes(200).map(Message.EchoReply::new),
                Arbitraries.of(
                        new Message.FeaturesRequest(), new Message.BarrierRequest(), new Message.BarrierReply()));
    }

    private static Arbitrary<Message> features() {
        Arbitrary<Integer> ints = Arbitraries.integers();
        return Combinators.combine(Arbitraries.longs(), ints, unsigned(8), unsigned(8), ints)
                .as((datapath, buffers, tables, auxiliary, capabilities) ->
                        new Message.Features(datapath, buffers, tables, auxiliary, capabilities));
    }

    private static Arbitrary<Message> configs() {
        return Arbitraries.oneOf(
                Arbitraries.just(new Message.GetConfigRequest()),
                Combinators.combine(unsigned(16), unsigned(16)).as(Message.Config::new),
                Combinators.combine(unsigned(16), unsigned(16)).as(Message.SetConfig::new));
    }

    private static Arbitrary<Message> notices() {
        Arbitrary<Integer> ints = Arbitraries.integers();
        return Arbitraries.oneOf(
                Combinators.combine(
                                entries(),
                                unsigned(8),
                                ints,
                                ints,
                                unsigned(16),
                                unsigned(16),
                                Arbitraries.longs(),
                                Arbitraries.longs())
                        .as((e, reason, seconds, nanos, idle, hard, packets, bytes) -> new Message.FlowRemoved(
                                new FlowEntry(e.table(), e.priority(), e.cookie(), e.match(), List.of()),
                                reason,
                                seconds,
                                nanos,
                                idle,
                                hard,
                                packets,
                                bytes)),
                Combinators.combine(unsigned(8), ports()).as(Message.PortStatus::new));
    }

    private static Arbitrary<MultipartReply.PortDescription> ports() {
        Arbitrary<Integer> ints = Arbitraries.integers();
        return Combinators.combine(
                        ints,
                        Arbitraries.longs().between(0, (1L << 48) - 1),
                        text(15),
                        ints.list().ofSize(8))
                .as((port, mac, name, i) -> new MultipartReply.PortDescription(
                        port, mac, name, i.get(0), i.get(1), i.get(2), i.get(3), i.get(4), i.get(5), i.get(6),
                        i.get(7)));
    }

    private static Arbitrary<Message> packets() {
        Arbitrary<Integer> ints = Arbitraries.integers();
        return Arbitraries.oneOf(
                Combinators.combine(
                                ints,
                                unsigned(16),
                                unsigned(8),
                                unsigned(8),
                                Arbitraries.longs(),
                                matches(),
                                bytes(1500))
                        .as(Message.PacketIn::new),
                Combinators.combine(ints, ints, actions(), bytes(1500)).as(Message.PacketOut::new));
    }

    static Arbitrary<Message> flowMods() {
        Arbitrary<Integer> ints = Arbitraries.integers();
        return Combinators.combine(
                        Arbitraries.of(FlowMod.Command.class),
                        entries(),
                        Arbitraries.longs(),
                        Combinators.combine(unsigned(16), unsigned(16), unsigned(16))
                                .as(List::of),
                        Combinators.combine(ints, ints, ints).as(List::of))
                .as((command, entry, mask, shorts, words) -> new FlowMod(
                        command,
                        entry,
                        mask,
                        shorts.get(0),
                        shorts.get(1),
                        words.get(0),
                        words.get(1),
                        words.get(2),
                        shorts.get(2)));
    }

    private static Arbitrary<Message> requests() {
        Arbitrary<Integer> ints = Arbitraries.integers();
        Arbitrary<Long> longs = Arbitraries.longs();
        return Arbitraries.oneOf(
                Arbitraries.of(
                        new MultipartRequest.Description(),
                        new MultipartRequest.Tables(),
                        new MultipartRequest.PortDescriptions(),
                        MultipartRequest.Flows.ALL),
                Combinators.combine(unsigned(8), ints, ints, longs, longs, matches())
                        .as(MultipartRequest.Flows::new),
                Combinators.combine(unsigned(8), ints, ints, longs, longs, matches())
                        .as(MultipartRequest.Flows::new)
                        .map(MultipartRequest.Aggregate::new),
                ints.map(MultipartRequest.PortStats::new),
                Combinators.combine(ints, ints).as(MultipartRequest.QueueStats::new),
                Combinators.combine(unsigned(16).filter(t -> t > 13), unsigned(16), bytes(64))
                        .as(MultipartRequest.Other::new));
    }

    private static Arbitrary<Message> replies() {
        Arbitrary<Boolean> more = Arbitraries.of(true, false);
        Arbitrary<Integer> ints = Arbitraries.integers();
        Arbitrary<Long> longs = Arbitraries.longs();
        Arbitrary<MultipartReply.TableStats> tables = Combinators.combine(unsigned(8), ints, longs, longs)
                .as((table, active, lookups, matches) ->
                        new MultipartReply.TableStats(table, active, lookups, matches));
        return Arbitraries.oneOf(
                Combinators.combine(more, text(255), text(255), text(255), text(31), text(255))
                        .as(MultipartReply.Description::new),
                Combinators.combine(more, stats().list().ofMaxSize(5)).as(MultipartReply.Flows::new),
                Combinators.combine(more, tables.list().ofMaxSize(5)).as(MultipartReply.Tables::new),
                Combinators.combine(more, ports().list().ofMaxSize(5)).as(MultipartReply.PortDescriptions::new),
                Combinators.combine(more, longs, longs, ints).as(MultipartReply.Aggregate::new),
                Combinators.combine(
                                more,
                                Combinators.combine(ints, exactly(104))
                                        .as(MultipartReply.PortStatistics::new)
                                        .list()
                                        .ofMaxSize(3))
                        .as(MultipartReply.PortStats::new),
                Combinators.combine(
                                more,
                                Combinators.combine(ints, ints, exactly(32))
                                        .as(MultipartReply.QueueStatistics::new)
                                        .list()
                                        .ofMaxSize(3))
                        .as(MultipartReply.QueueStats::new),
                Combinators.combine(more, unsigned(16).filter(t -> t > 13), bytes(64))
                        .as(MultipartReply.Other::new));
    }

    private static Arbitrary<Message> others() {
        return Combinators.combine(Arbitraries.of(4, 15, 16, 17, 22, 29, 200), bytes(100))
                .as(Message.Other::new);
    }

    private static Arbitrary<FlowStats> stats() {
        Arbitrary<Duration> ages = Combinators.combine(
                        unsigned(31), Arbitraries.integers().between(0, 999_999_999))
                .as(Duration::ofSeconds);
        return Combinators.combine(
                        entries(),
                        ages,
                        unsigned(16),
                        unsigned(16),
                        unsigned(16),
                        Arbitraries.longs(),
                        Arbitraries.longs())
                .as(FlowStats::new);
    }

    static Arbitrary<FlowEntry> entries() {
        return Combinators.combine(
                        unsigned(8),
                        unsigned(16),
                        Arbitraries.longs(),
                        matches(),
                        instructions().list().ofMaxSize(4))
                .as(FlowEntry::new);
    }

    static Arbitrary<Match> matches() {
        return Arbitraries.oneOf(fields().map(f -> (Oxm) f), rawFields())
                .list()
                .uniqueElements(Oxm::type)
                .ofMaxSize(6)
                .map(Match::new);
    }

    private static Arbitrary<Oxm.Field> fields() {
        Arbitrary<Long> longs = Arbitraries.longs();
        return Combinators.combine(
                        Arbitraries.of(OxmField.class), longs, longs, longs, longs, Arbitraries.of(true, false))
                .as((field, high, low, maskHigh, maskLow, exact) -> {
                    long h = high & field.fullHigh();
                    long l = low & field.fullLow();
                    return exact
                            ? field.is(h, l)
                            : field.masked(h, l, maskHigh & field.fullHigh(), maskLow & field.fullLow());
                });
    }

    private static Arbitrary<Oxm> rawFields() {
        Arbitrary<Integer> kinds = Arbitraries.of(0x0001_0000, 0x0001_fe00, 0xffff_1000, 0x8000_a000, 0x8001_0000);
        return Combinators.combine(kinds, bytes(60))
                .as((kind, payload) -> new Oxm.Raw(kind | payload.length(), payload));
    }

    private static Arbitrary<Instruction> instructions() {
        return Arbitraries.oneOf(
                unsigned(8).map(Instruction.GotoTable::new),
                Combinators.combine(Arbitraries.longs(), Arbitraries.longs()).as(Instruction.WriteMetadata::new),
                actions().map(Instruction.WriteActions::new),
                actions().map(Instruction.ApplyActions::new),
                Arbitraries.integers().map(Instruction.Meter::new),
                Arbitraries.just(new Instruction.ClearActions()),
                Combinators.combine(unsigned(16).filter(t -> t > 6), eights().map(b -> b))
                        .as(Instruction.Raw::new));
    }

    private static Arbitrary<List<Action>> actions() {
        Arbitrary<Integer> ints = Arbitraries.integers();
        Arbitrary<Action> one = Arbitraries.oneOf(
                Combinators.combine(ints, unsigned(16)).as(Action.Output::new),
                ints.map(Action.Group::new),
                fields().map(f -> new Action.SetField(f.field().is(f.high(), f.low()))),
                unsigned(16).map(Action.PushVlan::new),
                Arbitraries.just(new Action.PopVlan()),
                Combinators.combine(Arbitraries.of(11, 15, 21, 23, 0xffff), eights())
                        .as(Action.Raw::new));
        return one.list().ofMaxSize(4);
    }

    /** Bodies that end at a multiple of eight with the four bytes of type and length before them. */
    private static Arbitrary<Bytes> eights() {
        return Arbitraries.of(4, 12, 20)
                .flatMap(n -> Arbitraries.bytes().array(byte[].class).ofSize(n).map(Bytes::of));
    }

    private static Arbitrary<String> text(int most) {
        return Arbitraries.strings().withCharRange((char) 1, (char) 255).ofMaxLength(most);
    }

    private static Arbitrary<Bytes> exactly(int size) {
        return Arbitraries.bytes().array(byte[].class).ofSize(size).map(Bytes::of);
    }

    static Arbitrary<Bytes> bytes(int most) {
        return Arbitraries.bytes().array(byte[].class).ofMaxSize(most).map(Bytes::of);
    }

    private static Arbitrary<Integer> unsigned(int bits) {
        return Arbitraries.integers().between(0, (int) ((1L << bits) - 1));
    }
}
