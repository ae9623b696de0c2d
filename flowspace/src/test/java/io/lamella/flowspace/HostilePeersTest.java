package io.lamella.flowspace;

import static org.assertj.core.api.Assertions.assertThat;

import io.lamella.model.FlowSpace;
import io.lamella.model.FlowSpacePermission;
import io.lamella.model.FlowSpaceRule;
import io.lamella.model.FlowSpaceSlice;
import io.lamella.openflow.Action;
import io.lamella.openflow.Bytes;
import io.lamella.openflow.Match;
import io.lamella.openflow.Message;
import io.lamella.openflow.MultipartReply;
import io.lamella.openflow.MultipartReply.PortDescription;
import io.lamella.openflow.MultipartRequest;
import io.lamella.openflow.OpenFlow13;
import io.lamella.openflow.OxmField;
import io.lamella.openflow.Ports;
import io.lamella.openflow.Version;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Over real connections: who misbehaves loses its own connection, and nobody else notices. */
class HostilePeersTest {
    private static final long DATAPATH = 7;

    private ServerSocket a;
    private ServerSocket b;
    private Proxy proxy;

    @BeforeEach
    void serve() throws IOException {
        a = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        b = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        int port;
        try (ServerSocket s = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = s.getLocalPort();
        }
        proxy = new Proxy(
                new FlowSpace(
                        List.of("tcp:127.0.0.1:" + port), List.of(), List.of(slice("a", a, "1"), slice("b", b, "2"))),
                false);
    }

    private static FlowSpaceSlice slice(String name, ServerSocket at, String port) {
        return FlowSpaceSlice.of(
                name,
                List.of("tcp:127.0.0.1:" + at.getLocalPort()),
                List.of(new FlowSpaceRule(
                        Optional.empty(), Optional.empty(), FlowSpacePermission.READ_WRITE, Map.of("in_port", port))));
    }

    @AfterEach
    void close() throws IOException {
        proxy.close();
        a.close();
        b.close();
    }

    private int port() {
        return proxy.addresses().getFirst().getPort();
    }

    private RawPeer connectedSwitch(long datapath) throws IOException {
        RawPeer s = RawPeer.to(port(), Version.V1_3);
        s.say(0, OpenFlow13.HELLO);
        s.hear(Message.FeaturesRequest.class);
        s.say(0, new Message.Features(datapath, 0, 10, 0, 0));
        s.hear(MultipartRequest.PortDescriptions.class);
        List<PortDescription> ports = List.of(description(1), description(2));
        s.say(0, new MultipartReply.PortDescriptions(false, ports));
        return s;
    }

    private static PortDescription description(int port) {
        return new PortDescription(port, port, "p" + port, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    private static RawPeer greeted(ServerSocket at) throws IOException {
        RawPeer c = new RawPeer(at.accept(), Version.V1_3);
        c.say(0, OpenFlow13.HELLO);
        c.hear(Message.Hello.class);
        return c;
    }

    private static Message packetIn(int port) {
        return new Message.PacketIn(
                Ports.NO_BUFFER, 60, 0, 0, -1, Match.of(OxmField.IN_PORT.is(port)), Bytes.of(new byte[60]));
    }

    /** The controller is served: it asks and is answered. */
    private static void works(RawPeer controller) throws IOException {
        controller.say(99, new Message.FeaturesRequest());
        assertThat(controller.hear(m -> m instanceof Message.Features).xid()).isEqualTo(99);
    }

    @Test
    void garbageFromAControllerEndsItsConnectionAndItIsConnectedAgain() throws IOException {
        try (RawPeer s = connectedSwitch(DATAPATH);
                RawPeer good = greeted(b)) {
            Random random = new Random(1);
            for (int i = 0; i < 5; i++) {
                try (RawPeer bad = new RawPeer(a.accept(), Version.V1_3)) {
                    byte[] garbage = new byte[70_000];
                    random.nextBytes(garbage);
                    garbage[2] = 0; // a length that no message can have
                    garbage[3] = 3;
                    bad.say(garbage);
                    assertThat(bad.isClosed()).isTrue();
                }
                works(good);
            }
            try (RawPeer again = greeted(a)) {
                works(again);
            }
        }
    }

    /** The framing holds, so that the connection can, too. */
    @Test
    void whatCannotBeReadIsAnsweredWithAnErrorOfItsOwnXidAndBytes() throws IOException {
        try (RawPeer s = connectedSwitch(DATAPATH);
                RawPeer c = greeted(a)) {
            byte[] broken = {4, 14, 0, 12, 0, 0, 0, 77, 1, 2, 3, 4}; // a flow-mod of four bytes
            c.say(broken);
            RawPeer.Heard h = c.hear(m -> m instanceof Message.Error);
            assertThat(h.xid()).isEqualTo(77);
            assertThat(h.message()).isEqualTo(new Message.Error(1, 6, Bytes.of(broken)));
            byte[] old = {1, 2, 0, 8, 0, 0, 0, 78}; // an echo of version 1.0
            c.say(old);
            h = c.hear(m -> m instanceof Message.Error);
            assertThat(h.xid()).isEqualTo(78);
            assertThat(h.message()).isEqualTo(new Message.Error(1, 0, Bytes.of(old)));
            works(c);
        }
    }

    @Test
    void aControllerThatNeverReadsLosesPacketsAndHarmsNobody() throws IOException {
        try (RawPeer s = connectedSwitch(DATAPATH);
                RawPeer deaf = greeted(a);
                RawPeer good = greeted(b)) {
            works(deaf);
            works(good);
            for (int i = 0; i < 50_000; i++) { // many times more than all buffers hold
                s.say(0, packetIn(1));
            }
            s.say(0, packetIn(2));
            assertThat(good.hear(Message.PacketIn.class).match().field(OxmField.IN_PORT))
                    .contains(OxmField.IN_PORT.is(2));
            works(good);
        }
    }

    @Test
    void aControllerThatFloodsIsSlowedDownToWhatTheSwitchTakes() throws Exception {
        try (RawPeer s = connectedSwitch(DATAPATH);
                RawPeer flood = greeted(a);
                RawPeer good = greeted(b)) {
            works(flood);
            Thread writer = Thread.ofVirtual().start(() -> {
                try {
                    Message out = new Message.PacketOut(
                            Ports.NO_BUFFER, 1, List.of(new Action.Output(1)), Bytes.of(new byte[1400]));
                    for (int i = 0; i < 20_000; i++) {
                        flood.say(i, out);
                    }
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            for (int i = 0; i < 20; i++) {
                works(good); // while the switch reads nothing
            }
            int heard = 0;
            while (heard < 20_000) {
                s.hear(Message.PacketOut.class);
                heard++;
            }
            writer.join();
            works(flood);
        }
    }

    @Test
    void halfAMessageAndSilenceIsCutOff() throws IOException {
        try (RawPeer s = connectedSwitch(DATAPATH);
                RawPeer half = greeted(a);
                RawPeer good = greeted(b)) {
            works(half);
            half.say((byte) 4, (byte) 13, (byte) 0xff, (byte) 0xff, (byte) 0);
            Thread talk = Thread.ofVirtual().start(() -> answerEchoes(good));
            Thread alive = Thread.ofVirtual().start(() -> answerEchoes(s));
            assertThat(half.isClosed()).isTrue();
            assertThat(talk.isAlive()).isTrue();
            assertThat(alive.isAlive()).isTrue();
        }
    }

    private static void answerEchoes(RawPeer peer) {
        try {
            peer.hear(m -> false);
        } catch (IOException e) {
            return; // the test is over
        }
    }

    @Test
    void aSwitchWithADatapathIdThatIsTakenIsTurnedAway() throws IOException {
        try (RawPeer s = connectedSwitch(DATAPATH);
                RawPeer c = greeted(a);
                RawPeer twin = RawPeer.to(port(), Version.V1_3)) {
            twin.say(0, OpenFlow13.HELLO);
            twin.hear(Message.FeaturesRequest.class);
            twin.say(0, new Message.Features(DATAPATH, 0, 10, 0, 0));
            assertThat(twin.isClosed()).isTrue();
            works(c);
        }
    }

    @Test
    void aSwitchThatSpeaksGarbageOrAnUnknownVersionIsTurnedAway() throws IOException {
        try (RawPeer s = connectedSwitch(DATAPATH);
                RawPeer c = greeted(a)) {
            try (RawPeer bad = RawPeer.to(port(), Version.V1_3)) {
                bad.say("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                assertThat(bad.isClosed()).isTrue();
            }
            try (RawPeer future = RawPeer.to(port(), Version.V1_3)) {
                future.say(0, new Message.Hello(5, 1 << 5));
                assertThat(future.hear(Message.Error.class)).isEqualTo(new Message.Error(0, 0, Bytes.EMPTY));
                assertThat(future.isClosed()).isTrue();
            }
            works(c);
        }
    }

    @Test
    void whenASwitchGoesItsControllersAreToldAndComeBackWithIt() throws IOException {
        RawPeer s = connectedSwitch(DATAPATH);
        try (RawPeer c = greeted(a)) {
            works(c);
            s.close();
            assertThat(c.isClosed()).isTrue();
        }
        try (RawPeer again = connectedSwitch(DATAPATH);
                RawPeer c = greeted(a)) {
            works(c);
        }
    }
}
