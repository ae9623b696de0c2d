package io.lamella.openflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class OpenFlow13Test {
    @Test
    void writesAFlowModAsTheSpecificationSays() {
        FlowMod mod = FlowMod.add(new FlowEntry(
                1,
                0x1234,
                0xabL,
                Match.of(
                        OxmField.ETH_TYPE.is(0x800),
                        OxmField.IN_PORT.is(5),
                        OxmField.IPV4_SRC.masked(0x0a0000ff, 0xffffff00L)),
                List.of(
                        new Instruction.WriteMetadata(7, 0xff),
                        new Instruction.GotoTable(10),
                        new Instruction.ApplyActions(
                                List.of(new Action.Output(3), new Action.SetField(OxmField.VLAN_VID.is(0x1005)))))));
        assertThat(HexFormat.of().formatHex(Messages.encode(0x55, mod)))
                .isEqualTo(
                        "040e009800000055" // header
                                + "00000000000000ab" + "0000000000000000" // cookie, mask
                                + "01000000" + "0000" + "1234" // table, command, timeouts, priority
                                + "ffffffff" + "ffffffff" + "ffffffff" + "0000" + "0000"
                                + "0001001e" + "8000000400000005" + "80000a020800" + "800017080a000000ffffff00" + "0000"
                                + "0002001800000000" + "0000000000000007" + "00000000000000ff"
                                + "000100080a000000"
                                + "0004002800000000"
                                + "0000001000000003" + "0000000000000000"
                                + "00190010" + "80000c02" + "1005" + "000000000000");
    }

    @Test
    void keepsFieldsAndActionsThatItDoesNotKnow() {
        Oxm nicira = new Oxm.Raw(0x0001_0004, Bytes.of((byte) 1, (byte) 2, (byte) 3, (byte) 4));
        Action resubmit = new Action.Raw(0xffff, Bytes.of(HexFormat.of().parseHex("000023200001ffff00000000")));
        Message mod = FlowMod.add(
                new FlowEntry(0, 1, 0, Match.of(nicira), List.of(new Instruction.ApplyActions(List.of(resubmit)))));
        assertThat(OpenFlow13.decode(ByteBuffer.wrap(Messages.encode(1, mod)))).isEqualTo(mod);
    }

    @Test
    void aMatchIsASetOfFields() {
        Oxm port = OxmField.IN_PORT.is(1);
        Oxm type = OxmField.ETH_TYPE.masked(0x806, 0xffff);
        assertThat(Match.of(type, port)).isEqualTo(Match.of(port, OxmField.ETH_TYPE.is(0x806)));
        assertThatThrownBy(() -> Match.of(port, OxmField.IN_PORT.is(2)))
                .isInstanceOf(OpenFlowException.class)
                .hasMessageContaining("IN_PORT twice");
    }

    @Test
    void refusesValuesThatDoNotFit() {
        assertThatThrownBy(() -> OxmField.ETH_TYPE.is(0x10000)).isInstanceOf(OpenFlowException.class);
        assertThatThrownBy(() -> OxmField.IN_PORT.is(1, 0)).isInstanceOf(OpenFlowException.class);
        assertThat(OxmField.METADATA.is(-1).exact()).isTrue();
        assertThat(OxmField.IPV6_SRC.masked(1, 0, -1, 0).exact()).isFalse();
    }

    @Test
    void refusesAMessageThatIsTooLongAndLeavesTheBufferAsItWas() {
        List<Action> outputs = Collections.nCopies(5000, new Action.Output(1));
        FlowMod mod = FlowMod.add(new FlowEntry(0, 0, 0, Match.ANY, List.of(new Instruction.ApplyActions(outputs))));
        ByteBuffer out = ByteBuffer.allocate(1 << 20).position(3);
        assertThatThrownBy(() -> OpenFlow13.encode(1, mod, out)).isInstanceOf(OpenFlowException.class);
        assertThat(out.position()).isEqualTo(3);
        ByteBuffer small = ByteBuffer.allocate(20);
        assertThatThrownBy(() -> OpenFlow13.encode(1, mod, small)).isInstanceOf(OpenFlowException.class);
        assertThat(small.position()).isZero();
    }

    @Test
    void greetingsAgreeOnTheHighestCommonVersion() {
        Message.Hello all = new Message.Hello(6, 0b1111110);
        Message.Hello old = new Message.Hello(1, 0);
        Message.Hello newWithoutBitmap = new Message.Hello(5, 0);
        assertThat(OpenFlow13.HELLO.agree(all)).hasValue(4);
        assertThat(all.agree(OpenFlow13.HELLO)).hasValue(4);
        assertThat(OpenFlow13.HELLO.agree(newWithoutBitmap)).hasValue(4);
        assertThat(OpenFlow13.HELLO.agree(old)).isEmpty();
        assertThat(all.agree(old)).hasValue(1);
        assertThat(OpenFlow13.HELLO.agree(new Message.Hello(6, 1 << 6 | 1 << 1)))
                .isEmpty();
    }

    @Test
    void namesErrors() {
        assertThat(new Message.Error(5, 1, Bytes.EMPTY).reason()).isEqualTo("FLOW_MOD_FAILED TABLE_FULL");
        assertThat(new Message.Error(4, 99, Bytes.EMPTY).reason()).isEqualTo("BAD_MATCH code 99");
        assertThat(new Message.Error(0xffff, 2, Bytes.EMPTY).reason()).isEqualTo("error type 65535 code 2");
    }
}
