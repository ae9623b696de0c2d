package io.lamella.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lamella.model.Ipv4;
import io.lamella.model.MacAddress;
import io.lamella.model.Port;
import io.lamella.model.Refusal;
import io.lamella.openflow.FlowEntry;
import io.lamella.openflow.FlowMod;
import io.lamella.openflow.Instruction;
import io.lamella.openflow.Match;
import io.lamella.openflow.OxmField;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** All values come from small sets, so that ports collide in addresses and frames often are nearly right. */
class PipelineProperties {
    private static final long BROADCAST = 0xffff_ffff_ffffL;
    private static final long MAC = 0x0200_0000_0000L;
    private static final long NET = 0x0a00_0000L;

    private static Arbitrary<Long> macs() {
        return Arbitraries.longs().between(1, 5).map(i -> MAC | i);
    }

    private static Arbitrary<Long> addresses() {
        return Arbitraries.longs().between(1, 5).map(i -> NET | i);
    }

    /** Ports with unique numbers, unique in MAC within a segment, otherwise as alike as can be. */
    @Provide
    Arbitrary<List<Port>> ports() {
        return Combinators.combine(
                        Arbitraries.integers().between(1, 9),
                        macs(),
                        addresses(),
                        Arbitraries.integers().between(1, 3))
                .as(PipelineProperties::port)
                .list()
                .ofMaxSize(9)
                .map(PipelineProperties::withoutConflicts);
    }

    private static Port port(int number, long mac, long address, int segment) {
        return new Port(
                new UUID(1, number),
                "s",
                "n",
                "i",
                0,
                new MacAddress(mac),
                new Ipv4((int) address),
                24,
                segment,
                number);
    }

    private static List<Port> withoutConflicts(List<Port> ports) {
        Set<List<Object>> seen = new HashSet<>();
        return ports.stream()
                .filter(p -> seen.add(List.of(p.switchPort())))
                .filter(p -> seen.add(List.of(p.segment(), p.mac())))
                .toList();
    }

    @Provide
    Arbitrary<Frame> frames() {
        Arbitrary<Long> destinations = Arbitraries.frequencyOf(
                Tuple.of(3, macs()), Tuple.of(1, Arbitraries.of(BROADCAST, 0x0100_5e00_0001L, 0x3333_0000_0001L, 0L)));
        Arbitrary<Long> anyAddress =
                Arbitraries.frequencyOf(Tuple.of(5, addresses()), Tuple.of(1, Arbitraries.of(0L, 0xffff_ffffL)));
        Arbitrary<Integer> vlans = Arbitraries.frequency(Tuple.of(9, -1), Tuple.of(1, 0), Tuple.of(1, 5));
        Arbitrary<Integer> types = Arbitraries.of(0x800, 0x800, 0x806, 0x806, 0x86dd, 0x8035, 0x88cc);
        return Combinators.combine(
                        Arbitraries.integers().between(1, 10),
                        destinations,
                        macs(),
                        vlans,
                        types,
                        anyAddress,
                        Arbitraries.of(1, 1, 2, 3))
                .flatAs((in, dst, src, vlan, type, ip, op) -> Combinators.combine(
                                Arbitraries.frequencyOf(Tuple.of(4, Arbitraries.just(src)), Tuple.of(1, macs())),
                                anyAddress,
                                anyAddress)
                        .as((sha, spa, tpa) -> new Frame(in, dst, src, vlan, type, ip, op, sha, spa, tpa)));
    }

    @Provide
    Arbitrary<List<Frame>> frameLists() {
        return frames().list().ofMaxSize(8);
    }

    /** A frame that starts from what {@code ports} may send, so that enough of them pass. */
    private static Frame honest(Port from, Frame frame) {
        long address = Integer.toUnsignedLong(from.address().bits());
        return new Frame(
                from.switchPort(),
                frame.destination(),
                from.mac().bits(),
                -1,
                frame.etherType() == 0x806 ? 0x806 : 0x800,
                address,
                frame.arpOperation(),
                from.mac().bits(),
                address,
                frame.arpTarget());
    }

    /** The promise, in its own words: who gets {@code frame}. */
    private static Set<Integer> promised(List<Port> ports, Frame frame) {
        Set<Integer> receivers = new TreeSet<>();
        for (Port sender : ports) {
            if (sender.switchPort() != frame.inPort()) {
                continue;
            }
            long address = Integer.toUnsignedLong(sender.address().bits());
            boolean probe = frame.arpOperation() == 1 && frame.arpSender() == 0 && frame.arpTarget() == address;
            boolean ip = frame.etherType() == 0x800 && frame.ipSource() == address;
            boolean arp = frame.etherType() == 0x806
                    && frame.arpSenderMac() == sender.mac().bits()
                    && (frame.arpSender() == address || probe);
            if (frame.vlan() >= 0 || frame.source() != sender.mac().bits() || !ip && !arp) {
                continue;
            }
            for (Port other : ports) {
                if (other.segment() == sender.segment()
                        && other != sender
                        && (frame.toGroup()
                                || frame.destination() == other.mac().bits())) {
                    receivers.add(other.switchPort());
                }
            }
        }
        return receivers;
    }

    @Property(tries = 2000)
    void anyFrameReachesWhomItMayReachAndNobodyElse(
            @ForAll("ports") List<Port> ports, @ForAll("frames") Frame frame, @ForAll int choice) {
        FlowInterpreter bridge = new FlowInterpreter(Pipeline.compile(ports));
        assertThat(bridge.outputs(frame)).isEqualTo(promised(ports, frame));
        if (!ports.isEmpty()) {
            Frame legal = honest(ports.get(Math.floorMod(choice, ports.size())), frame);
            assertThat(bridge.outputs(legal)).isEqualTo(promised(ports, legal));
        }
    }

    @Property(tries = 300)
    void noFrameCrossesSegments(@ForAll("ports") List<Port> ports, @ForAll("frames") Frame frame) {
        FlowInterpreter bridge = new FlowInterpreter(Pipeline.compile(ports));
        Set<Integer> segments = new HashSet<>();
        for (int number : bridge.outputs(frame)) {
            ports.stream().filter(p -> p.switchPort() == number).forEach(p -> segments.add(p.segment()));
        }
        ports.stream()
                .filter(p -> p.switchPort() == frame.inPort())
                .forEach(sender -> assertThat(Set.of(sender.segment())).containsAll(segments));
        assertThat(segments).hasSizeLessThanOrEqualTo(1);
    }

    @Property(tries = 1000)
    void aDifferenceNeitherLeaksNorOpensAGap(
            @ForAll("ports") List<Port> before,
            @ForAll("ports") List<Port> after,
            @ForAll("frameLists") List<Frame> frames,
            @ForAll long seed) {
        List<FlowEntry> wanted = Pipeline.compile(after);
        FlowInterpreter bridge = new FlowInterpreter(Pipeline.compile(before));
        List<Frame> sent = new ArrayList<>(frames);
        for (Frame frame : frames) {
            before.forEach(port -> sent.add(honest(port, frame)));
            after.forEach(port -> sent.add(honest(port, frame)));
        }
        for (List<FlowMod> phase : FlowDifference.phases(wanted, List.copyOf(bridge.entries.values()))) {
            List<FlowMod> anyOrder = new ArrayList<>(phase);
            Collections.shuffle(anyOrder, new Random(seed));
            for (FlowMod mod : anyOrder) {
                bridge.apply(mod);
                sent.forEach(frame -> checkBetween(before, after, bridge, frame));
            }
        }
        assertThat(bridge.entries.values()).containsExactlyInAnyOrderElementsOf(wanted);
    }

    private static void checkBetween(List<Port> before, List<Port> after, FlowInterpreter bridge, Frame frame) {
        Set<Integer> old = promised(before, frame);
        Set<Integer> coming = promised(after, frame);
        Set<Integer> now = bridge.outputs(frame);
        Set<Integer> either = new TreeSet<>(old);
        either.addAll(coming);
        assertThat(either).as("leak of %s", frame).containsAll(now);
        boolean senderStays = before.stream().anyMatch(p -> p.switchPort() == frame.inPort() && after.contains(p));
        if (senderStays) {
            old.retainAll(coming);
            assertThat(now).as("gap for %s", frame).containsAll(old);
        }
    }

    @Property(tries = 300)
    void whatIsRightIsNotTouched(@ForAll("ports") List<Port> ports) {
        List<FlowEntry> entries = Pipeline.compile(ports);
        List<FlowEntry> present = new ArrayList<>(entries);
        Collections.reverse(present);
        assertThat(FlowDifference.phases(entries, present))
                .allSatisfy(phase -> assertThat(phase).isEmpty());
    }

    @Example
    void foreignAndChangedEntriesArePutRight() {
        List<FlowEntry> wanted = Pipeline.compile(List.of(port(1, MAC | 1, NET | 1, 1), port(2, MAC | 2, NET | 2, 1)));
        List<FlowEntry> present = new ArrayList<>(wanted);
        FlowEntry first = present.removeFirst();
        present.add(new FlowEntry(first.table(), first.priority(), 42, first.match(), first.instructions()));
        FlowEntry flood = present.stream()
                .filter(e -> e.key().equals(Pipeline.floodKey(1)))
                .findFirst()
                .orElseThrow();
        present.remove(flood);
        present.add(new FlowEntry(flood.table(), flood.priority(), flood.cookie(), flood.match(), List.of()));
        present.add(new FlowEntry(0, 999, 7, Match.ANY, List.of(new Instruction.GotoTable(10))));
        present.add(new FlowEntry(77, 1, 7, Match.of(OxmField.IN_PORT.is(3)), List.of()));
        FlowInterpreter bridge = new FlowInterpreter(present);
        List<List<FlowMod>> phases = FlowDifference.phases(wanted, present);
        phases.forEach(phase -> phase.forEach(bridge::apply));
        assertThat(phases.stream().mapToInt(List::size).sum()).isEqualTo(4);
        assertThat(bridge.entries.values()).containsExactlyInAnyOrderElementsOf(wanted);
    }

    @Example
    void portsThatCannotBeToldApartAreRefused() {
        assertThatThrownBy(() -> Pipeline.compile(List.of(port(1, MAC | 1, NET | 1, 1), port(1, MAC | 2, NET | 2, 1))))
                .isInstanceOf(Refusal.class);
        assertThatThrownBy(() -> Pipeline.compile(List.of(port(1, MAC | 1, NET | 1, 1), port(2, MAC | 1, NET | 2, 1))))
                .isInstanceOf(Refusal.class);
    }

    @Example
    void cookiesTellWhoseAnEntryIs() {
        Port port = port(0x1234, MAC | 1, NET | 1, 0xabcdef);
        assertThat(Pipeline.compile(List.of(port)))
                .extracting(FlowEntry::cookie)
                .containsOnly(0x4c41_0100_0000_1234L, 0x4c41_0200_00ab_cdefL);
    }
}
