package io.lamella.openflow;

import static io.lamella.openflow.OxmField.ARP_OP;
import static io.lamella.openflow.OxmField.ARP_SHA;
import static io.lamella.openflow.OxmField.ARP_SPA;
import static io.lamella.openflow.OxmField.ETH_DST;
import static io.lamella.openflow.OxmField.ETH_SRC;
import static io.lamella.openflow.OxmField.ETH_TYPE;
import static io.lamella.openflow.OxmField.IN_PORT;
import static io.lamella.openflow.OxmField.IPV4_DST;
import static io.lamella.openflow.OxmField.IPV6_SRC;
import static io.lamella.openflow.OxmField.IP_PROTO;
import static io.lamella.openflow.OxmField.METADATA;
import static io.lamella.openflow.OxmField.TCP_DST;
import static io.lamella.openflow.OxmField.VLAN_VID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client against a real Open vSwitch. */
class OpenFlowClientTest {
    private static final List<Instruction> DROP = List.of();

    @TempDir
    private Path directory;

    private PrivateSwitch ovs;
    private OpenFlowClient client;

    @BeforeEach
    void start() throws Exception {
        ovs = new PrivateSwitch(directory);
        client = new OpenFlowClient(ovs.address(), Duration.ofSeconds(30));
    }

    @AfterEach
    void stop() throws Exception {
        if (client != null) {
            client.close();
        }
        if (ovs != null) {
            ovs.close();
        }
    }

    private static FlowEntry entry(int table, int priority, Match match, Instruction... instructions) {
        return new FlowEntry(table, priority, 0x4c41_0000_0000_0001L, match, List.of(instructions));
    }

    private List<FlowEntry> entries(MultipartRequest.Flows which) {
        return client.flows(which).stream().map(FlowStats::entry).toList();
    }

    @Test
    void learnsWhatTheSwitchIs() {
        assertThat(client.features().datapath()).isNotZero();
        assertThat(client.ask(new MultipartRequest.Description()))
                .singleElement()
                .satisfies(reply -> assertThat(((MultipartReply.Description) reply).hardware())
                        .isEqualTo("Open vSwitch"));
        assertThat(client.ask(new MultipartRequest.PortDescriptions()))
                .flatExtracting(reply -> ((MultipartReply.PortDescriptions) reply).ports())
                .singleElement()
                .satisfies(port -> {
                    assertThat(((MultipartReply.PortDescription) port).name()).isEqualTo(ovs.bridge);
                    assertThat(((MultipartReply.PortDescription) port).port()).isEqualTo(Ports.LOCAL);
                });
        assertThat(client.ask(new MultipartRequest.Tables()))
                .flatExtracting(reply -> ((MultipartReply.Tables) reply).tables())
                .hasSizeGreaterThan(200);
    }

    @Test
    void addsModifiesAndDeletesEntries() {
        FlowEntry arp = entry(
                0,
                200,
                Match.of(
                        IN_PORT.is(1),
                        ETH_SRC.is(0x020000000001L),
                        ETH_TYPE.is(0x806),
                        VLAN_VID.is(0),
                        ARP_OP.is(1),
                        ARP_SPA.is(0x0a000002),
                        ARP_SHA.is(0x020000000001L)),
                new Instruction.WriteMetadata(7, -1),
                new Instruction.GotoTable(10));
        FlowEntry multicast = entry(
                10,
                100,
                Match.of(METADATA.masked(7, 0xff), ETH_DST.masked(1L << 40, 1L << 40)),
                new Instruction.ApplyActions(List.of(new Action.Output(1), new Action.Output(2))));
        FlowEntry tcp = entry(
                10,
                50,
                Match.of(ETH_TYPE.is(0x800), IP_PROTO.is(6), IPV4_DST.masked(0x0a000000, 0xffffff00L), TCP_DST.is(443)),
                new Instruction.ApplyActions(List.of(
                        new Action.PushVlan(0x8100),
                        new Action.SetField(VLAN_VID.is(0x1005)),
                        new Action.Output(Ports.IN_PORT))));
        FlowEntry ipv6 = entry(
                10,
                40,
                Match.of(ETH_TYPE.is(0x86dd), IPV6_SRC.masked(0x20010db8_00000000L, 0, 0xffffffff_00000000L, 0)));
        List<FlowEntry> all = List.of(arp, multicast, tcp, ipv6);
        client.send(all.stream().map(FlowMod::add).toList());

        assertThat(entries(MultipartRequest.Flows.ALL)).containsExactlyInAnyOrderElementsOf(all);
        assertThat(ovs.ofctl("dump-flows").lines().map(String::strip))
                .contains(
                        "cookie=0x4c41000000000001, priority=200,arp,in_port=1,vlan_tci=0x0000/0x1fff,"
                                + "dl_src=02:00:00:00:00:01,arp_spa=10.0.0.2,arp_op=1,arp_sha=02:00:00:00:00:01"
                                + " actions=write_metadata:0x7,goto_table:10",
                        "cookie=0x4c41000000000001, table=10, priority=100,metadata=0x7/0xff,"
                                + "dl_dst=01:00:00:00:00:00/01:00:00:00:00:00 actions=output:1,output:2",
                        "cookie=0x4c41000000000001, table=10, priority=50,tcp,nw_dst=10.0.0.0/24,tp_dst=443"
                                + " actions=push_vlan:0x8100,set_field:4101->vlan_vid,IN_PORT",
                        "cookie=0x4c41000000000001, table=10, priority=40,ipv6,ipv6_src=2001:db8::/32 actions=drop");

        FlowEntry changed = entry(10, 40, ipv6.match(), new Instruction.ApplyActions(List.of(new Action.Output(9))));
        client.send(List.of(FlowMod.modifyStrict(changed), FlowMod.deleteStrict(tcp.key())));
        assertThat(entries(MultipartRequest.Flows.of(10, 0, 0))).containsExactlyInAnyOrder(multicast, changed);

        client.send(List.of(FlowMod.deleteByCookie(10, 0x4c41_0000_0000_0000L, 0xffff_0000_0000_0000L)));
        assertThat(entries(MultipartRequest.Flows.ALL)).containsExactly(arp);
    }

    @Test
    void keepsWhatItDoesNotKnowWhenItReadsEntries() {
        ovs.ofctl("add-flow", "table=3,reg0=5,priority=9,actions=resubmit(,4)");
        FlowEntry read = entries(MultipartRequest.Flows.ALL).getFirst();
        assertThat(read.match().fields()).singleElement().isInstanceOf(Oxm.Raw.class);
        client.send(List.of(
                FlowMod.deleteStrict(read.key()),
                FlowMod.add(new FlowEntry(5, 9, 0, read.match(), read.instructions()))));
        assertThat(ovs.ofctl("dump-flows")).contains("table=5, priority=9,reg0=0x5 actions=resubmit(,4)");
    }

    @Test
    void tellsWhichModificationTheSwitchRefused() {
        FlowMod good = FlowMod.add(entry(0, 1, Match.ANY));
        FlowMod bad = FlowMod.add(entry(0, 2, Match.of(IPV4_DST.is(1))));
        FlowMod alsoGood = FlowMod.add(entry(0, 3, Match.ANY));
        FlowMod worse = FlowMod.add(entry(7, 2, Match.ANY, new Instruction.GotoTable(3)));
        assertThatThrownBy(() -> client.send(List.of(good, bad, alsoGood, worse)))
                .isInstanceOfSatisfying(OpenFlowException.class, e -> {
                    assertThat(e.flowMod()).contains(bad);
                    assertThat(e.error())
                            .hasValueSatisfying(
                                    error -> assertThat(error.reason()).isEqualTo("BAD_MATCH BAD_PREREQ"));
                    assertThat(e.getSuppressed())
                            .singleElement()
                            .satisfies(other -> assertThat(((OpenFlowException) other).flowMod())
                                    .contains(worse));
                });
        assertThat(entries(MultipartRequest.Flows.ALL)).containsExactlyInAnyOrder(good.entry(), alsoGood.entry());
    }

    @Test
    void readsManyEntriesFromSeveralMessagesWhileManyThreadsSend() throws Exception {
        int threads = 4;
        int each = 1000;
        try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            List<Future<?>> senders = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                int thread = t;
                senders.add(executor.submit(() -> client.send(IntStream.range(0, each)
                        .mapToObj(i -> FlowMod.add(entry(thread, 5, Match.of(METADATA.is(i)))))
                        .toList())));
            }
            for (Future<?> sender : senders) {
                sender.get(60, TimeUnit.SECONDS);
            }
        }
        assertThat(client.ask(MultipartRequest.Flows.ALL)).hasSizeGreaterThan(1);
        assertThat(entries(MultipartRequest.Flows.ALL)).hasSize(threads * each).doesNotHaveDuplicates();
        assertThat(entries(MultipartRequest.Flows.of(2, 0, 0))).hasSize(each);
    }

    @Test
    void connectsAgainAfterTheSwitchWasKilled() throws Exception {
        client.send(List.of(FlowMod.add(entry(0, 1, Match.ANY))));
        Semaphore connected = new Semaphore(0);
        client.onConnect(connected::release);
        ovs.killDaemon();
        ovs.startDaemon();
        assertThat(connected.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
        assertThat(entries(MultipartRequest.Flows.ALL)).isEmpty();
        client.send(List.of(FlowMod.add(entry(0, 2, Match.ANY, new Instruction.GotoTable(1)))));
        assertThat(entries(MultipartRequest.Flows.ALL)).hasSize(1);
    }

    @Test
    void openVswitchReadsWhatIsWritten() throws Exception {
        assertThat(PrivateSwitch.print(Messages.encode(9, OpenFlow13.HELLO))).contains("version bitmap: 0x04");
        assertThat(PrivateSwitch.print(Messages.encode(
                        9,
                        new Message.PacketOut(
                                Ports.NO_BUFFER,
                                Ports.CONTROLLER,
                                List.of(new Action.Output(3)),
                                Bytes.of(new byte[60])))))
                .contains("OFPT_PACKET_OUT (OF1.3)", "in_port=CONTROLLER actions=output:3 data_len=60");
        assertThat(PrivateSwitch.print(Messages.encode(
                        9,
                        new Message.PacketIn(
                                Ports.NO_BUFFER, 60, 1, 4, 5, Match.of(IN_PORT.is(2)), Bytes.of(new byte[60])))))
                .contains("OFPT_PACKET_IN (OF1.3)", "table_id=4 cookie=0x5 total_len=60 in_port=2 (via action)");
    }
}
