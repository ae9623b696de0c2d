package io.lamella.openflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What Open vSwitch reads in messages of version 1.0 is what was meant. */
class OpenFlow10Test {
    private static byte[] encode(Message message) {
        ByteBuffer out = ByteBuffer.allocate(Header.MAX_LENGTH);
        OpenFlow10.encode(7, message, out);
        byte[] bytes = new byte[out.flip().remaining()];
        out.get(bytes);
        return bytes;
    }

    private static String print(Message message) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/ovs-ofctl")), "ovs-ofctl is not installed");
        byte[] bytes = encode(message);
        assertThat(OpenFlow10.decode(ByteBuffer.wrap(bytes))).isEqualTo(message);
        return PrivateSwitch.print(bytes);
    }

    private static FlowMod add(Match match, Action... actions) {
        return FlowMod.add(
                new FlowEntry(0, 100, 0x1234, match, List.of(new Instruction.ApplyActions(List.of(actions)))));
    }

    @Test
    void matchAndActions() throws Exception {
        Match match = Match.of(
                OxmField.IN_PORT.is(3),
                OxmField.VLAN_VID.is(0x1000 | 100),
                OxmField.VLAN_PCP.is(5),
                OxmField.ETH_SRC.is(0x020000000001L),
                OxmField.ETH_TYPE.is(0x800),
                OxmField.IP_PROTO.is(6),
                OxmField.IPV4_DST.masked(0x0a000000, 0xff000000L),
                OxmField.TCP_DST.is(80));
        assertThat(print(add(
                        match,
                        new Action.SetField(OxmField.VLAN_VID.is(0x1000 | 7)),
                        new Action.SetField(OxmField.ETH_DST.is(0x020000000002L)),
                        new Action.SetField(OxmField.IPV4_SRC.is(0x0a000001)),
                        new Action.SetTransport(true, 8080),
                        new Action.PopVlan(),
                        new Action.Enqueue(2, 1),
                        new Action.Output(Ports.FLOOD))))
                .contains(
                        "OFPT_FLOW_MOD (xid=0x7): ADD priority=100",
                        "tcp,in_port=3,dl_vlan=100,dl_vlan_pcp=5,dl_src=02:00:00:00:00:01,nw_dst=10.0.0.0/8,tp_dst=80",
                        "cookie:0x1234",
                        "mod_vlan_vid:7,mod_dl_dst:02:00:00:00:00:02,mod_nw_src:10.0.0.1,mod_tp_dst:8080,strip_vlan,"
                                + "enqueue:2:1,FLOOD");
    }

    @Test
    void otherMessages() throws Exception {
        MultipartReply.PortDescription port =
                new MultipartReply.PortDescription(1, 0x020000000009L, "eth1", 1, 1, 0, 0, 0, 0, 0, 0);
        assertThat(print(new Message.Features(0xd, 256, 2, 0, 0x85, 0xfff, List.of(port))))
                .contains("dpid:000000000000000d", "n_tables:2, n_buffers:256", "1(eth1): addr:02:00:00:00:00:09");
        assertThat(print(new Message.PortStatus(Message.PortStatus.DELETED, port)))
                .contains("DEL: 1(eth1)");
        assertThat(print(new Message.PacketOut(
                        Ports.NO_BUFFER, Ports.ANY, List.of(new Action.Output(1)), Bytes.of(new byte[60]))))
                .contains("in_port=ANY actions=output:1 data_len=60");
        assertThat(print(new MultipartRequest.QueueStats(Ports.ANY, -1))).contains("port=ANY queue=ALL");
        Match arp = Match.of(OxmField.ETH_TYPE.is(0x806), OxmField.ARP_TPA.is(0x0a000001), OxmField.ARP_OP.is(1));
        assertThat(print(new Message.FlowRemoved(new FlowEntry(0, 5, 9, arp, List.of()), 1, 2, 3, 4, 0, 5, 6)))
                .contains("arp,arp_tpa=10.0.0.1,arp_op=1 reason=hard cookie:0x9", "pkts5 bytes6");
    }

    @Test
    void whatTheVersionCannotSayIsRefused() {
        for (Oxm field : List.of(
                OxmField.IPV6_SRC.is(1, 1),
                OxmField.ETH_SRC.masked(0, 1),
                OxmField.IPV4_SRC.masked(1, 1),
                OxmField.METADATA.is(1))) {
            assertThatThrownBy(() -> encode(add(Match.of(field))))
                    .isInstanceOf(OpenFlowException.class)
                    .hasMessageContaining("1.0");
        }
    }

    /** Fields whose prerequisites are not matched are ignored (section 3.4). */
    @Test
    void fieldsWithoutWhatTheyNeedAreIgnored() {
        ByteBuffer in = ByteBuffer.allocate(Match10.SIZE);
        in.putInt(0, ~(1 << 5 | 1 << 7) & (1 << 22) - 1);
        assertThat(Match10.read(in)).isEqualTo(Match.ANY);
    }
}
