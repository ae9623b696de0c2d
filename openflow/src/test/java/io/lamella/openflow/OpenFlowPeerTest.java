package io.lamella.openflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The client, over TCP, against peers that misbehave in ways that no real switch can be made to. */
class OpenFlowPeerTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Message.Features FEATURES = new Message.Features(0xd, 0, 254, 0, 0);

    private interface Behaviour {
        void talk(Socket socket, DataInputStream in) throws IOException;
    }

    private ServerSocket server;

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    private OpenFlowClient client(Duration timeout, Behaviour behaviour) {
        Thread.ofVirtual().start(() -> {
            while (!server.isClosed()) {
                try (Socket socket = server.accept()) {
                    behaviour.talk(socket, new DataInputStream(socket.getInputStream()));
                } catch (IOException e) {
                    continue;
                }
            }
        });
        return new OpenFlowClient(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getLocalPort()), timeout);
    }

    private static void say(Socket socket, int xid, Message message) throws IOException {
        socket.getOutputStream().write(Messages.encode(xid, message));
    }

    private record Heard(int xid, Message message) {}

    private static Heard hear(DataInputStream in) throws IOException {
        byte[] head = in.readNBytes(Header.SIZE);
        if (head.length < Header.SIZE) {
            throw new IOException("closed");
        }
        ByteBuffer buffer = ByteBuffer.allocate(Header.length(ByteBuffer.wrap(head), 0));
        in.readFully(buffer.put(head).array(), Header.SIZE, buffer.capacity() - Header.SIZE);
        return new Heard(Header.xid(buffer, 0), OpenFlow13.decode(buffer.rewind()));
    }

    private static void greet(Socket socket, DataInputStream in) throws IOException {
        say(socket, 1, OpenFlow13.HELLO);
        Heard heard = hear(in);
        while (!(heard.message() instanceof Message.FeaturesRequest)) {
            heard = hear(in);
        }
        say(socket, heard.xid(), FEATURES);
    }

    private static void idle(DataInputStream in) throws IOException {
        while (in.read() >= 0) {
            continue;
        }
    }

    @Test
    void saysThatTheSwitchIsTooOld() throws Exception {
        CompletableFuture<Message> last = new CompletableFuture<>();
        try (OpenFlowClient client = client(Duration.ofSeconds(2), (socket, in) -> {
            say(socket, 1, new Message.Hello(1, 0));
            hear(in);
            last.complete(hear(in).message());
        })) {
            assertThatThrownBy(client::features)
                    .isInstanceOf(OpenFlowException.class)
                    .hasMessageContaining("no OpenFlow 1.3");
            assertThat(last.get(10, TimeUnit.SECONDS)).isEqualTo(new Message.Error(0, 0, Bytes.EMPTY));
        }
    }

    @Test
    void answersEchoRequests() throws Exception {
        CompletableFuture<Heard> answer = new CompletableFuture<>();
        Bytes data = Bytes.of((byte) 1, (byte) 2);
        try (OpenFlowClient client = client(LONG, (socket, in) -> {
            greet(socket, in);
            say(socket, 77, new Message.EchoRequest(data));
            answer.complete(hear(in));
            idle(in);
        })) {
            assertThat(client.features()).isEqualTo(FEATURES);
            assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo(new Heard(77, new Message.EchoReply(data)));
        }
    }

    @Test
    void doesNotWaitForEverForASilentSwitch() {
        try (OpenFlowClient client = client(Duration.ofMillis(300), (socket, in) -> {
            greet(socket, in);
            idle(in);
        })) {
            assertThatThrownBy(() -> client.flows(MultipartRequest.Flows.ALL))
                    .isInstanceOf(OpenFlowException.class)
                    .hasMessageContaining("has not answered within 300 ms");
            assertThat(client.features()).isEqualTo(FEATURES);
        }
    }

    @Test
    void givesUpAConnectionThatCarriesGarbage() {
        try (OpenFlowClient client = client(LONG, (socket, in) -> {
            greet(socket, in);
            hear(in);
            socket.getOutputStream().write(new byte[64]);
            idle(in);
        })) {
            assertThatThrownBy(() -> client.send(List.of(FlowMod.deleteByCookie(0, 0, 0))))
                    .isInstanceOf(OpenFlowException.class)
                    .hasMessageContaining("given up: malformed");
        }
    }

    @Test
    void whoWaitsHearsOfTheEnd() {
        try (OpenFlowClient client = client(LONG, (socket, in) -> {
            greet(socket, in);
            hear(in);
        })) {
            assertThatThrownBy(() -> client.flows(MultipartRequest.Flows.ALL))
                    .isInstanceOf(OpenFlowException.class)
                    .hasMessageContaining("closed the connection");
        }
    }

    @Test
    void anAnswerMayNotGrowForEver() {
        try (OpenFlowClient client = client(LONG, (socket, in) -> {
            greet(socket, in);
            int xid = hear(in).xid();
            while (true) {
                say(socket, xid, new MultipartReply.Flows(true, List.of()));
            }
        })) {
            assertThatThrownBy(() -> client.flows(MultipartRequest.Flows.ALL))
                    .isInstanceOf(OpenFlowException.class)
                    .hasMessageContaining("more than 4096 messages");
        }
    }

    @Test
    void aClosedClientSaysSo() {
        OpenFlowClient client = client(LONG, (socket, in) -> idle(in));
        client.close();
        assertThatThrownBy(client::features)
                .isInstanceOf(OpenFlowException.class)
                .hasMessageContaining("the client is closed");
    }
}
