package io.lamella.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lamella.model.Codec;
import io.lamella.model.SessionControl;
import java.io.ByteArrayOutputStream;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands and consoles over a real WebSocket over TLS, with real processes. */
@Timeout(60)
class SessionTest {
    @TempDir
    static Path directory;

    private static TestServer node;
    private static HttpClient client;
    private static String admin = "";

    @BeforeAll
    static void start() throws Exception {
        node = new TestServer(directory);
        node.launch("a", "web");
        client = node.client();
        admin = node.token("admin");
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    /** The client's side of a session, which collects what it is told. */
    private static class Ear implements WebSocket.Listener {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        final ByteArrayOutputStream err = new ByteArrayOutputStream();
        final CompletableFuture<Integer> exit = new CompletableFuture<>();
        final CompletableFuture<Integer> closed = new CompletableFuture<>();
        private final ByteArrayOutputStream message = new ByteArrayOutputStream();

        @Override
        public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
            byte[] bytes = new byte[data.remaining()];
            data.get(bytes);
            message.writeBytes(bytes);
            if (last) {
                take(message.toByteArray());
                message.reset();
            }
            socket.request(1);
            return CompletableFuture.completedStage(null);
        }

        private synchronized void take(byte[] m) {
            switch (m[0]) {
                case SessionControl.STDOUT -> out.write(m, 1, m.length - 1);
                case SessionControl.STDERR -> err.write(m, 1, m.length - 1);
                default ->
                    exit.complete(Codec.read(SessionControl.class, new String(m, 1, m.length - 1, UTF_8))
                            .exit()
                            .orElseThrow());
            }
        }

        synchronized String said() {
            return out.toString(UTF_8);
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            closed.complete(code);
            return CompletableFuture.completedStage(null);
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            closed.completeExceptionally(error);
        }

        int exitCode() throws Exception {
            return exit.get(50, TimeUnit.SECONDS);
        }

        int closeCode() throws Exception {
            return closed.get(50, TimeUnit.SECONDS);
        }
    }

    private static WebSocket open(WebSocket.Listener ear, String path) throws Exception {
        return client.newWebSocketBuilder()
                .header("Authorization", "Bearer " + admin)
                .buildAsync(node.uri("wss", path), ear)
                .get(30, TimeUnit.SECONDS);
    }

    private static WebSocket exec(WebSocket.Listener ear, String script, String... more) throws Exception {
        return open(
                ear,
                "/v1/slices/a/instances/web/exec?command=sh&command=-c&command=" + URLEncoder.encode(script, UTF_8)
                        + String.join("", more));
    }

    private static void send(WebSocket socket, int channel, String text) throws Exception {
        byte[] bytes = text.getBytes(UTF_8);
        ByteBuffer message = ByteBuffer.allocate(bytes.length + 1)
                .put((byte) channel)
                .put(bytes)
                .flip();
        socket.sendBinary(message, true).get(30, TimeUnit.SECONDS);
    }

    private static void control(WebSocket socket, SessionControl control) throws Exception {
        send(socket, SessionControl.CONTROL, Codec.write(control));
    }

    private static Optional<ProcessHandle> process(long pid) {
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive);
    }

    private long pid(Ear ear) {
        await().until(() -> ear.said().endsWith("\n"));
        return Long.parseLong(ear.said().strip().split("\n")[0]);
    }

    @Test
    void bothOutputsAndTheExitCodeArrive() throws Exception {
        Ear ear = new Ear();
        exec(ear, "echo out; echo err >&2; echo $GREETING; exit 3", "&env=GREETING=hello%20there");
        assertThat(ear.exitCode()).isEqualTo(3);
        assertThat(ear.closeCode()).isEqualTo(WebSocket.NORMAL_CLOSURE);
        assertThat(ear.said()).isEqualTo("out\nhello there\n");
        assertThat(ear.err.toString(UTF_8)).isEqualTo("err\n");
    }

    @Test
    void inputArrivesInOrderAndEnds() throws Exception {
        Ear ear = new Ear();
        WebSocket socket = exec(ear, "cat; echo end");
        StringBuilder sent = new StringBuilder();
        for (int i = 0; i < 500; i++) {
            String line = "line " + i + "\n";
            send(socket, SessionControl.STDIN, line);
            sent.append(line);
        }
        control(socket, SessionControl.endOfInput());
        send(socket, SessionControl.STDIN, "too late");
        assertThat(ear.exitCode()).isZero();
        assertThat(ear.said()).isEqualTo(sent + "end\n");
    }

    @Test
    void aLargeOutputArrivesWhole() throws Exception {
        Ear ear = new Ear();
        exec(ear, "head -c 20000000 /dev/zero");
        assertThat(ear.exitCode()).isZero();
        assertThat(ear.out.size()).isEqualTo(20_000_000);
    }

    @Test
    void aSlowReaderSlowsTheCommand() throws Exception {
        Path marker = directory.resolve("finished");
        Ear lazy = new Ear() {
            @Override
            public void onOpen(WebSocket socket) {} // asks for nothing
        };
        WebSocket socket = exec(lazy, "head -c 50000000 /dev/zero; touch " + marker);
        Thread.sleep(1000);
        assertThat(Files.exists(marker)).isFalse();
        socket.request(1);
        assertThat(lazy.exitCode()).isZero();
        assertThat(lazy.out.size()).isEqualTo(50_000_000);
        assertThat(Files.exists(marker)).isTrue();
    }

    @Test
    void aTerminalIsResized() throws Exception {
        Ear ear = new Ear();
        WebSocket socket = exec(ear, "cat", "&terminal=true&columns=100&rows=40");
        control(socket, SessionControl.resizedTo(120, 50));
        control(socket, SessionControl.endOfInput());
        assertThat(ear.exitCode()).isZero();
    }

    @Test
    void whoLeavesEndsTheCommand() throws Exception {
        Ear ear = new Ear();
        WebSocket socket = exec(ear, "echo $$; exec sleep 1000");
        long pid = pid(ear);
        assertThat(process(pid)).isPresent();
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(30, TimeUnit.SECONDS);
        await().until(() -> process(pid).isEmpty());
    }

    @Test
    void whoVanishesEndsTheCommand() throws Exception {
        Ear ear = new Ear();
        WebSocket socket = exec(ear, "echo $$; exec sleep 1000");
        long pid = pid(ear);
        socket.abort();
        await().until(() -> process(pid).isEmpty());
    }

    @Test
    void whoVanishesWhileTheCommandDoesNotReadEndsItToo() throws Exception {
        Ear ear = new Ear();
        WebSocket socket = exec(ear, "echo $$; exec sleep 1000");
        long pid = pid(ear);
        for (int i = 0; i < 10; i++) {
            socket.sendBinary(ByteBuffer.allocate(100_000), true).orTimeout(200, TimeUnit.MILLISECONDS);
        }
        socket.abort();
        await().atMost(40, TimeUnit.SECONDS).until(() -> process(pid).isEmpty());
    }

    @Test
    void aChildThatHoldsTheOutputDoesNotHoldTheSession() throws Exception {
        Ear ear = new Ear();
        exec(ear, "sleep 1000 & echo $!; exit 5");
        assertThat(ear.exitCode()).isEqualTo(5);
        assertThat(ear.closeCode()).isEqualTo(WebSocket.NORMAL_CLOSURE);
        ProcessHandle.of(pid(ear)).ifPresent(ProcessHandle::destroyForcibly);
    }

    @Test
    void theConsoleIsAttached() throws Exception {
        Ear ear = new Ear();
        WebSocket socket = open(ear, "/v1/slices/a/instances/web/console");
        send(socket, SessionControl.STDIN, "login\n");
        await().until(() -> ear.said().equals("login\n"));
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "");
    }

    @Test
    void theUnixSocketSpeaksWebSocketToo() throws Exception {
        try (UnixClient local = new UnixClient(node.socket)) {
            local.send("GET /v1/slices/a/instances/web/exec?command=echo&command=hi HTTP/1.1\r\nHost: n\r\n"
                    + "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                    + "Sec-WebSocket-Extensions: permessage-deflate\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
            assertThat(local.head()).isEqualTo(101);
            assertThat(local.message()).isEqualTo(new byte[] {SessionControl.STDOUT, 'h', 'i', '\n'});
            assertThat(new String(local.message(), UTF_8)).isEqualTo("\003{\"exit\":0}");
        }
    }

    @Test
    void messagesThatBreakTheRulesEndTheSession() throws Exception {
        Ear text = new Ear();
        exec(text, "exec sleep 1000").sendText("hello", true);
        assertThat(text.closeCode()).isEqualTo(1003);
        for (String bad : new String[] {"{", "{\"resize\":{\"columns\":0,\"rows\":1}}", "{\"colour\":1}", "[]"}) {
            Ear ear = new Ear();
            send(exec(ear, "exec sleep 1000"), SessionControl.CONTROL, bad);
            assertThat(ear.closeCode()).as(bad).isEqualTo(1008);
        }
        Ear channel = new Ear();
        send(exec(channel, "exec sleep 1000"), 7, "x");
        assertThat(channel.closeCode()).isEqualTo(1008);
        Ear empty = new Ear();
        exec(empty, "exec sleep 1000").sendBinary(ByteBuffer.allocate(0), true);
        assertThat(empty.closeCode()).isEqualTo(1008);
        Ear large = new Ear();
        exec(large, "exec sleep 1000").sendBinary(ByteBuffer.allocate(SessionSocket.MAX_MESSAGE + 1), true);
        assertThat(large.closeCode()).isEqualTo(1009);
    }

    private static int handshake(String path, String token, String... headers) {
        WebSocket.Builder builder = client.newWebSocketBuilder().header("Authorization", "Bearer " + token);
        for (int i = 0; i < headers.length; i += 2) {
            builder.header(headers[i], headers[i + 1]);
        }
        int[] status = {101};
        try {
            builder.buildAsync(node.uri("wss", path), new Ear())
                    .get(30, TimeUnit.SECONDS)
                    .abort();
        } catch (ExecutionException e) {
            status[0] = Optional.ofNullable(e.getCause())
                    .map(WebSocketHandshakeException.class::cast)
                    .orElseThrow()
                    .getResponse()
                    .statusCode();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        return status[0];
    }

    @Test
    void aHandshakeThatCannotSucceedIsRefusedAsAnyRequest() throws Exception {
        String exec = "/v1/slices/a/instances/web/exec?command=true";
        assertThat(handshake(exec, admin)).isEqualTo(101);
        assertThat(handshake(exec, "lml_wrong")).isEqualTo(401);
        node.call("POST", "/v1/slices", "{\"name\":\"other\"}");
        assertThat(handshake(exec, node.sliceToken("stranger", "other"))).isEqualTo(403);
        assertThat(handshake(exec, node.sliceToken("tenant", "a"))).isEqualTo(101);
        assertThat(handshake("/v1/slices/a/instances/none/exec?command=true", admin))
                .isEqualTo(404);
        assertThat(handshake("/v1/slices/a/instances/web/exec?command=no-such-program", admin))
                .isEqualTo(400);
        assertThat(handshake(exec, admin, "Origin", "https://evil.example")).isEqualTo(403);
        String here = "https://127.0.0.1:" + node.server.tlsPort().orElseThrow();
        assertThat(handshake(exec, admin, "Origin", here)).isEqualTo(101);
    }

    @Test
    void sessionsEndWithTheServer(@TempDir Path scratch) throws Exception {
        TestServer brief = new TestServer(scratch);
        brief.launch("a", "web");
        Ear ear = new Ear();
        brief.client()
                .newWebSocketBuilder()
                .header("Authorization", "Bearer " + brief.token("t"))
                .buildAsync(
                        brief.uri(
                                "wss",
                                "/v1/slices/a/instances/web/exec?command=sh&command=-c&command=echo+$$;exec+sleep+1000"),
                        ear)
                .get(30, TimeUnit.SECONDS);
        long pid = pid(ear);
        brief.close();
        assertThat(process(pid)).isEmpty();
        assertThatThrownBy(() -> brief.call("GET", "/v1/node", "")).isInstanceOf(java.io.IOException.class);
        assertThat(ear.closeCode()).isEqualTo(1001);
    }
}
