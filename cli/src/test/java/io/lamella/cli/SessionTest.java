package io.lamella.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands in instances, over a WebSocket whose other end is played frame by frame. */
class SessionTest {
    @TempDir
    Path directory;

    private final List<String> received = Collections.synchronizedList(new ArrayList<>());
    private ScriptedPeer peer;

    @BeforeEach
    void start() throws IOException {
        peer = new ScriptedPeer(directory);
    }

    @AfterEach
    void stop() throws IOException {
        peer.close();
    }

    /** Opens the session, reads {@code messages} messages, then sends {@code frames}. */
    private void play(int messages, byte[]... frames) {
        peer.then((in, channel, request) -> {
            String key = request.lines()
                    .filter(l -> l.startsWith("Sec-WebSocket-Key: "))
                    .findFirst()
                    .orElseThrow()
                    .substring(19);
            ScriptedPeer.write(
                    channel,
                    ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                    + "Sec-WebSocket-Accept: " + WebSocket.accept(key) + "\r\n\r\n")
                            .getBytes(StandardCharsets.ISO_8859_1));
            for (int i = 0; i < messages; i++) {
                byte[] message = ServerSide.receive(in);
                received.add(message[0] + new String(message, 1, message.length - 1, StandardCharsets.UTF_8));
            }
            for (byte[] frame : frames) {
                ScriptedPeer.write(channel, frame);
            }
            for (byte[] m = ServerSide.receive(in); m.length > 0; m = ServerSide.receive(in)) {
                received.add("late " + new String(m, StandardCharsets.UTF_8));
            }
        });
    }

    @Test
    void theAcceptKeyIsTheOneOfTheRfc() {
        assertThat(WebSocket.accept("dGhlIHNhbXBsZSBub25jZQ==")).isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    @Test
    void streamsStayApartAndTheExitCodeIsTheCommands() {
        play(2, ServerSide.message(1, "out"), ServerSide.message(2, "err"), ServerSide.message(3, "{\"exit\":42}"));
        Run run = Run.of(
                Run.variables(peer), "input", "exec", "a/web", "--env", "X=a b", "--", "sh", "-c", "echo $X & exit");
        assertThat(run).isEqualTo(new Run(42, "out", "err"));
        assertThat(received).startsWith("0input", "3{\"eof\":true}");
        assertThat(peer.requests.getFirst())
                .startsWith("GET /v1/slices/a/instances/web/exec?command=sh&command=-c&command=echo%20%24X%20%26%20exit"
                        + "&env=X%3Da%20b HTTP/1.1\n");
    }

    @Test
    void fragmentsArePutTogetherAndPingsAnswered() {
        byte[] whole = ServerSide.message(1, "0123456789".repeat(100));
        byte[] payload = Arrays.copyOfRange(whole, 4, whole.length);
        play(
                1,
                ServerSide.frame(0x02, Arrays.copyOf(payload, 500)),
                ServerSide.frame(0x89, new byte[] {7, 'p'}),
                ServerSide.frame(0x80, Arrays.copyOfRange(payload, 500, payload.length)),
                ServerSide.message(3, "{\"exit\":0}"));
        Run run = Run.against(peer, "exec", "a/web", "cat");
        assertThat(run.out()).isEqualTo("0123456789".repeat(100));
        assertThat(run.code()).isZero();
    }

    @Test
    void anEndWithoutAnExitCodeIsAFailure() {
        play(1, ServerSide.message(1, "half"), ServerSide.frame(0x88, new byte[] {3, (byte) 243}));
        Run run = Run.against(peer, "exec", "a/web", "cat");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).isEqualTo("lamella: the daemon ended the session before the command ended\n");
    }

    @Test
    void brokenFramesAreOneSentence() {
        for (byte[] frame : new byte[][] {
            {(byte) 0xf2, 1, 1},
            {(byte) 0x82, (byte) 0x81, 0, 0, 0, 0, 1},
            {(byte) 0x80, 1, 1},
            {(byte) 0x83, 1, 1},
            {(byte) 0x82, 127, 127, 0, 0, 0, 0, 0, 0, 0},
            {(byte) 0x09, 1, 1},
            {(byte) 0x89, 126, 0, 126}
        }) {
            play(1, frame);
            Run run = Run.against(peer, "exec", "a/web", "cat");
            assertThat(run.code()).isEqualTo(1);
            assertThat(run.err())
                    .startsWith("lamella: the connection to the daemon failed: ")
                    .hasLineCount(1);
        }
    }

    @Test
    void aRefusedSessionSaysWhy() {
        peer.answer(409, "{\"error\":{\"reason\":\"conflict\",\"field\":\"\",\"message\":\"it does not run\"}}");
        assertThat(Run.against(peer, "exec", "a/web", "true").err()).isEqualTo("lamella: it does not run\n");
        peer.answer(200, "{}");
        assertThat(Run.against(peer, "console", "a/web").err())
                .isEqualTo("lamella: the daemon did not open a session\n");
    }
}
