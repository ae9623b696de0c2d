package io.lamella.flowspace;

import static org.assertj.core.api.Assertions.assertThat;

import io.lamella.model.FlowSpace;
import io.lamella.model.FlowSpaceAbsence;
import io.lamella.model.FlowSpacePermission;
import io.lamella.model.FlowSpaceRule;
import io.lamella.model.FlowSpaceSlice;
import io.lamella.openflow.Action;
import io.lamella.openflow.Bytes;
import io.lamella.openflow.FlowEntry;
import io.lamella.openflow.FlowMod;
import io.lamella.openflow.FlowStats;
import io.lamella.openflow.Instruction;
import io.lamella.openflow.Match;
import io.lamella.openflow.Message;
import io.lamella.openflow.MultipartReply;
import io.lamella.openflow.MultipartReply.PortDescription;
import io.lamella.openflow.MultipartRequest;
import io.lamella.openflow.OxmField;
import io.lamella.openflow.Ports;
import io.lamella.openflow.Version;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of each message, with two slices: a has ports 1 and 2, b has port 3 and VLAN 100 at port 4. */
class SlicedSwitchTest {
    private static final Bytes HEAD = Bytes.of((byte) 9, (byte) 8);
    private static final int XID = 77;

    private record Sent(int xid, Message message) {}

    private static final class Ear implements Controller.Line {
        final List<Sent> heard = new ArrayList<>();

        @Override
        public void send(int xid, Message message) {
            heard.add(new Sent(xid, message));
        }

        @Override
        public void offer(int xid, Message message) {
            send(xid, message);
        }

        Message last() {
            return heard.getLast().message();
        }
    }

    private final List<Sent> toSwitch = new ArrayList<>();
    private final Ear ear = new Ear();
    private final Ear otherEar = new Ear();
    private final Controller controller = new Controller(ear);
    private SlicedSwitch sliced;
    private Tenant a;
    private Tenant b;

    private static FlowSpaceRule rule(Map<String, String> match) {
        return new FlowSpaceRule(Optional.empty(), Optional.empty(), FlowSpacePermission.READ_WRITE, match);
    }

    private static PortDescription port(int number) {
        return new PortDescription(number, number, "p" + number, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    @BeforeEach
    void begin() {
        begin(Version.V1_3);
    }

    private void begin(Version version) {
        FlowSpaceSlice first = new FlowSpaceSlice(
                "a",
                List.of(),
                List.of(rule(Map.of("in_port", "1-2"))),
                Optional.of(4),
                Optional.empty(),
                Optional.of(FlowSpaceAbsence.DROP));
        FlowSpaceSlice second = FlowSpaceSlice.of(
                "b", List.of(), List.of(rule(Map.of("in_port", "3")), rule(Map.of("in_port", "4", "vlan_vid", "100"))));
        sliced = new SlicedSwitch(
                version,
                new Message.Features(5, 0, 10, 0, 0, 0, version == Version.V1_0 ? List.of(port(1)) : List.of()),
                List.of(port(1), port(2), port(3), port(4)),
                new FlowSpace(List.of(), List.of(), List.of(first, second)),
                (message, xid) -> toSwitch.add(new Sent(xid, message)));
        a = sliced.tenants().get(0);
        b = sliced.tenants().get(1);
        a.attach(controller);
        b.attach(new Controller(otherEar));
        toSwitch.clear();
        ear.heard.clear();
    }

    private static FlowMod mod(FlowMod.Command command, int priority, Match match, Action... actions) {
        FlowEntry entry = new FlowEntry(
                0,
                priority,
                0x1234,
                match,
                actions.length == 0 ? List.of() : List.of(new Instruction.ApplyActions(List.of(actions))));
        return new FlowMod(command, entry, 0, 0, 0, Ports.NO_BUFFER, Ports.ANY, Ports.ANY, 1);
    }

    private static FlowMod add(int priority, Match match, Action... actions) {
        return mod(FlowMod.Command.ADD, priority, match, actions);
    }

    private void ask(Message message) {
        a.receive(controller, XID, message, HEAD);
    }

    private void refused(Message message, int type, int code) {
        toSwitch.clear();
        ear.heard.clear();
        ask(message);
        assertThat(ear.heard).containsExactly(new Sent(XID, new Message.Error(type, code, HEAD)));
        assertThat(toSwitch).isEmpty();
    }

    private List<FlowMod> mods() {
        return toSwitch.stream()
                .map(Sent::message)
                .filter(m -> m instanceof FlowMod)
                .map(m -> (FlowMod) m)
                .toList();
    }

    @Test
    void anEntryIsCutToTheSliceAndAFloodToItsPorts() {
        ask(add(7, Match.ANY, new Action.Output(Ports.FLOOD)));
        assertThat(ear.heard).isEmpty();
        assertThat(mods())
                .extracting(m -> m.entry().match())
                .containsExactly(Match.of(OxmField.IN_PORT.is(1)), Match.of(OxmField.IN_PORT.is(2)));
        assertThat(mods()).allSatisfy(m -> {
            assertThat(m.entry().priority()).isEqualTo(7);
            assertThat(Tenant.owner(m.entry().cookie())).isZero();
            assertThat(m.entry().instructions())
                    .containsExactly(new Instruction.ApplyActions(List.of(new Action.Output(1), new Action.Output(2))));
        });
    }

    @Test
    void whatIsBeyondTheSliceIsRefusedWithTheRightError() {
        refused(add(1, Match.of(OxmField.IN_PORT.is(3))), 5, 4);
        refused(add(1, Match.of(OxmField.TCP_DST.is(80))), 4, 9);
        refused(add(1, Match.ANY, new Action.Output(3)), 2, 4);
        refused(add(1, Match.ANY, new Action.Output(Ports.NORMAL)), 2, 4);
        refused(add(1, Match.ANY, new Action.Group(1)), 2, 9);
        refused(add(1, Match.ANY, new Action.Raw(21, Bytes.of(new byte[4]))), 2, 8);
        refused(add(1, Match.ANY, new Action.Raw(0xffff, Bytes.of(new byte[12]))), 2, 2);
        refused(new Message.PacketOut(Ports.NO_BUFFER, 3, List.of(), Bytes.of(new byte[60])), 2, 6);
        refused(new Message.PacketOut(5, 1, List.of(), Bytes.EMPTY), 1, 8);
        refused(new Message.SetConfig(1, 128), 10, 2);
        refused(new MultipartRequest.PortStats(3), 1, 11);
        refused(new MultipartRequest.Other(0xffff, 0, Bytes.EMPTY), 1, 3);
        refused(new MultipartRequest.Other(12, 0, Bytes.of(new byte[64])), 13, 5);
        refused(new Message.Other(4, Bytes.EMPTY), 1, 3);
        refused(new Message.Other(15, Bytes.EMPTY), 6, 14);
        refused(new Message.Other(16, Bytes.EMPTY), 7, 4);
        refused(new Message.Other(17, Bytes.EMPTY), 8, 2);
        refused(new Message.Other(29, Bytes.EMPTY), 12, 0);
        refused(new Message.Other(200, Bytes.EMPTY), 1, 1);
        refused(new Message.BarrierReply(), 1, 1);
    }

    /** Each alone keeps the packet in VLAN 100 or out of the slice; only the list as a whole decides. */
    @Test
    void setFieldsAreFollowedThroughAList() {
        Controller c = new Controller(otherEar);
        Match tagged = Match.of(OxmField.IN_PORT.is(4), OxmField.VLAN_VID.is(0x1000 | 100));
        Action away = new Action.SetField(OxmField.VLAN_VID.is(0x1000 | 5));
        Action back = new Action.SetField(OxmField.VLAN_VID.is(0x1000 | 100));
        b.receive(c, XID, add(1, tagged, away, new Action.Output(3), back), HEAD);
        assertThat(otherEar.last()).isEqualTo(new Message.Error(2, 6, HEAD));
        otherEar.heard.clear();
        b.receive(c, XID, add(1, tagged, away, back, new Action.Output(3)), HEAD);
        assertThat(otherEar.heard).isEmpty();
        assertThat(mods()).hasSize(1);
    }

    @Test
    void deletingEverythingDeletesOnlyOnesOwn() {
        ask(add(1, Match.ANY));
        b.receive(new Controller(otherEar), 1, add(1, Match.ANY), HEAD);
        toSwitch.clear();
        ask(mod(FlowMod.Command.DELETE, 0, Match.ANY));
        assertThat(mods()).hasSize(2).allSatisfy(m -> {
            assertThat(m.command()).isEqualTo(FlowMod.Command.DELETE_STRICT);
            assertThat(Tenant.owner(m.entry().cookie())).isZero();
        });
        assertThat(b.book().flows()).hasSize(1);
    }

    @Test
    void aRemovedFlowIsToldOnceWithItsOwnCookieMatchAndSums() {
        ask(add(1, Match.ANY));
        List<FlowMod> parts = mods();
        for (FlowMod part : parts) {
            assertThat(ear.heard).isEmpty();
            sliced.receive(0, new Message.FlowRemoved(part.entry(), 0, 3, 0, 0, 0, 10, 600));
        }
        Message.FlowRemoved told = (Message.FlowRemoved) ear.last();
        assertThat(told.entry()).isEqualTo(new FlowEntry(0, 1, 0x1234, Match.ANY, List.of()));
        assertThat(told.packets()).isEqualTo(20);
        assertThat(told.bytes()).isEqualTo(1200);
        assertThat(otherEar.heard).isEmpty();
        assertThat(a.book().flows()).isEmpty();
        assertThat(a.book().entries()).isZero();
    }

    /** Both become the entry in_port=1; when the later goes, the earlier has it again. */
    @Test
    void twoFlowsThatBecomeOneEntryDoNotLoseIt() {
        Match one = Match.of(OxmField.IN_PORT.is(1));
        ask(add(1, Match.ANY, new Action.Output(2)));
        ask(add(1, one, new Action.Output(1)));
        toSwitch.clear();
        ask(mod(FlowMod.Command.DELETE_STRICT, 1, one));
        assertThat(mods()).hasSize(1).allSatisfy(m -> {
            assertThat(m.command()).isEqualTo(FlowMod.Command.ADD);
            assertThat(m.entry().match()).isEqualTo(one);
            assertThat(m.entry().instructions())
                    .containsExactly(new Instruction.ApplyActions(List.of(new Action.Output(2))));
        });
        assertThat(a.book().entries()).isEqualTo(2);
    }

    @Test
    void theLimitCountsEntriesAndDeletionsExactly() {
        ask(add(1, Match.ANY));
        ask(add(2, Match.ANY));
        refused(add(3, Match.of(OxmField.IN_PORT.is(1))), 5, 1);
        ask(mod(FlowMod.Command.DELETE, 0, Match.ANY));
        assertThat(a.book().entries()).isZero();
        ask(add(3, Match.ANY));
        ask(add(3, Match.ANY)); // in the place of the former
        assertThat(a.book().entries()).isEqualTo(2);
    }

    @Test
    void anEntryThatTheSwitchRefusesLeavesNothing() {
        ask(add(1, Match.ANY));
        int xid = toSwitch.getFirst().xid();
        int second = toSwitch.get(1).xid();
        toSwitch.clear();
        sliced.receive(xid, new Message.Error(5, 1, Bytes.of(new byte[64])));
        sliced.receive(second, new Message.Error(5, 1, Bytes.of(new byte[64])));
        assertThat(ear.heard).containsExactly(new Sent(XID, new Message.Error(5, 1, HEAD)));
        assertThat(mods()).allMatch(m -> m.command() == FlowMod.Command.DELETE_STRICT);
        assertThat(a.book().flows()).isEmpty();
        assertThat(a.book().entries()).isZero();
    }

    @Test
    void statisticsShowOnesOwnFlowsAsTheyWereWritten() {
        ask(add(1, Match.ANY, new Action.Output(Ports.FLOOD)));
        List<FlowMod> parts = mods();
        toSwitch.clear();
        ask(MultipartRequest.Flows.ALL);
        int xid = toSwitch.getFirst().xid();
        List<FlowStats> real = parts.stream()
                .map(p -> new FlowStats(p.entry(), Duration.ofSeconds(9), 0, 0, 1, 5, 300))
                .toList();
        sliced.receive(xid, new MultipartReply.Flows(true, real.subList(0, 1)));
        assertThat(ear.heard).isEmpty();
        sliced.receive(xid, new MultipartReply.Flows(false, real.subList(1, 2)));
        FlowEntry own = new FlowEntry(
                0,
                1,
                0x1234,
                Match.ANY,
                List.of(new Instruction.ApplyActions(List.of(new Action.Output(Ports.FLOOD)))));
        assertThat(ear.heard)
                .containsExactly(new Sent(
                        XID,
                        new MultipartReply.Flows(
                                false, List.of(new FlowStats(own, Duration.ofSeconds(9), 0, 0, 1, 10, 600)))));
        ask(new MultipartRequest.Aggregate(MultipartRequest.Flows.ALL));
        sliced.receive(toSwitch.getLast().xid(), new MultipartReply.Flows(false, real));
        assertThat(ear.last()).isEqualTo(new MultipartReply.Aggregate(false, 10, 600, 1));
        ask(new MultipartRequest.Tables());
        sliced.receive(toSwitch.getLast().xid(), new MultipartReply.Flows(false, real));
        sliced.receive(
                toSwitch.getLast().xid(),
                new MultipartReply.Tables(false, List.of(new MultipartReply.TableStats(0, 50, 1000, 900))));
        assertThat(ear.last())
                .isEqualTo(new MultipartReply.Tables(false, List.of(new MultipartReply.TableStats(0, 1, 10, 10))));
    }

    @Test
    void portsOfOthersAreNotSeen() {
        ask(new MultipartRequest.PortDescriptions());
        assertThat(ear.last()).isEqualTo(new MultipartReply.PortDescriptions(false, List.of(port(1), port(2))));
        ask(new MultipartRequest.PortStats(Ports.ANY));
        Bytes counters = Bytes.of(new byte[104]);
        List<MultipartReply.PortStatistics> all =
                List.of(new MultipartReply.PortStatistics(2, counters), new MultipartReply.PortStatistics(3, counters));
        sliced.receive(toSwitch.getLast().xid(), new MultipartReply.PortStats(false, all));
        assertThat(ear.last()).isEqualTo(new MultipartReply.PortStats(false, all.subList(0, 1)));
        ear.heard.clear();
        sliced.receive(0, new Message.PortStatus(2, port(3)));
        assertThat(ear.heard).isEmpty();
        assertThat(otherEar.last()).isEqualTo(new Message.PortStatus(2, port(3)));
    }

    @Test
    void aPortThatGoesIsTakenOutOfFloodsAndOneThatComesIsPutIn() {
        ask(add(1, Match.ANY, new Action.Output(Ports.FLOOD)));
        toSwitch.clear();
        sliced.receive(0, new Message.PortStatus(Message.PortStatus.DELETED, port(2)));
        assertThat(mods())
                .allMatch(m -> m.entry()
                        .instructions()
                        .equals(List.of(new Instruction.ApplyActions(List.of(new Action.Output(1))))));
        assertThat(mods()).hasSize(2);
        toSwitch.clear();
        sliced.receive(0, new Message.PortStatus(Message.PortStatus.ADDED, port(2)));
        assertThat(mods().getLast().entry().instructions())
                .isEqualTo(List.of(new Instruction.ApplyActions(List.of(new Action.Output(1), new Action.Output(2)))));
    }

    @Test
    void aBufferIsOnlyTheirsWhoSawIt() {
        sliced.receive(
                0, new Message.PacketIn(42, 60, 0, 0, -1, Match.of(OxmField.IN_PORT.is(1)), Bytes.of(new byte[60])));
        assertThat(ear.last()).isInstanceOf(Message.PacketIn.class);
        Message use = new Message.PacketOut(42, 1, List.of(new Action.Output(2)), Bytes.EMPTY);
        otherEar.heard.clear();
        b.receive(new Controller(otherEar), 3, use, HEAD);
        assertThat(otherEar.last()).isEqualTo(new Message.Error(1, 8, HEAD));
        toSwitch.clear();
        ask(use);
        assertThat(toSwitch).extracting(Sent::message).containsExactly(use);
        refused(use, 1, 8);
    }

    @Test
    void aBarrierComesBackWithItsOwnXid() {
        ask(new Message.BarrierRequest());
        assertThat(ear.heard).isEmpty();
        sliced.receive(toSwitch.getLast().xid(), new Message.BarrierReply());
        assertThat(ear.heard).containsExactly(new Sent(XID, new Message.BarrierReply()));
    }

    @Test
    void aSlaveChangesNothingAndThereIsOneMaster() {
        Controller second = new Controller(otherEar);
        a.attach(second);
        a.receive(second, 5, new Message.Other(24, role(Controller.MASTER, 9)), HEAD);
        assertThat(otherEar.last()).isEqualTo(new Message.Other(25, role(Controller.MASTER, 9)));
        ask(new Message.Other(24, role(Controller.MASTER, 10)));
        assertThat(ear.last()).isEqualTo(new Message.Other(25, role(Controller.MASTER, 10)));
        assertThat(second.role()).isEqualTo(Controller.SLAVE);
        a.receive(second, 6, add(1, Match.ANY), HEAD);
        assertThat(otherEar.last()).isEqualTo(new Message.Error(1, 10, HEAD));
        refused(new Message.Other(24, role(Controller.MASTER, 3)), 11, 0);
    }

    private static Bytes role(int role, long generation) {
        ByteBuffer b = ByteBuffer.allocate(16);
        b.putInt(role).putInt(0).putLong(generation);
        return Bytes.of(b.array());
    }

    @Test
    void packetsOfASliceWithoutControllerAreDroppedByTheSwitchForAWhile() {
        sliced.detach(a, controller);
        sliced.receive(
                0,
                new Message.PacketIn(
                        Ports.NO_BUFFER, 60, 0, 0, -1, Match.of(OxmField.IN_PORT.is(1)), Bytes.of(new byte[60])));
        assertThat(mods()).hasSize(1).allSatisfy(m -> {
            assertThat(m.entry().instructions()).isEmpty();
            assertThat(m.hardTimeout()).isPositive();
            assertThat(m.entry().match().field(OxmField.IN_PORT)).contains(OxmField.IN_PORT.is(1));
        });
        assertThat(otherEar.heard).isEmpty();
    }

    @Test
    void version10HasItsOwnNumbersForErrors() {
        begin(Version.V1_0);
        refused(add(1, Match.of(OxmField.IN_PORT.is(3))), 3, 2);
        refused(add(1, Match.ANY, new Action.Output(3)), 2, 4);
        refused(new Message.Other(15, Bytes.EMPTY), 1, 5);
        ask(new Message.FeaturesRequest());
        assertThat(((Message.Features) ear.last()).ports()).containsExactly(port(1), port(2));
    }
}
