package io.lamella.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PtyTest {
    private final Pty pty = Pty.open(81, 25);

    @AfterEach
    void clean() {
        pty.close();
    }

    @Test
    void aProgramHasTheTerminalAsItsOwn() throws Exception {
        Process process = sh("tty; stty size; ps -o tty= -p $$; exit 3");
        String expected = pty.slave() + "\r\n25 81\r\n" + pty.slave().toString().substring(5);
        assertThat(text()).startsWith(expected);
        assertThat(process.waitFor()).isEqualTo(3);
        assertThat(pty.reader().read()).isEqualTo(-1);
    }

    @Test
    void keystrokesArriveAndEchoUntilTheEndOfInput() throws Exception {
        Process process = sh("read -r a; echo got $a; cat >/dev/null; echo end");
        pty.writer().write("hi\n".getBytes(StandardCharsets.UTF_8));
        pty.writer().write(4);
        assertThat(text()).contains("hi\r\n", "got hi\r\n", "end\r\n");
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void controlCInterruptsTheProgram() throws Exception {
        Process process = sh("trap 'echo interrupted; exit 5' INT; echo ready; while :; do sleep 1; done");
        assertThat(pty.reader().readNBytes(5)).asString().isEqualTo("ready");
        pty.writer().write(3);
        assertThat(text()).contains("interrupted");
        assertThat(process.waitFor()).isEqualTo(5);
    }

    @Test
    void aNewSizeIsTold() throws Exception {
        Process process = sh("trap 'stty size; exit' WINCH; echo ready; while :; do sleep 0.1; done");
        assertThat(pty.reader().readNBytes(7)).asString().isEqualTo("ready\r\n");
        pty.resize(132, 43);
        assertThat(text()).isEqualTo("43 132\r\n");
        assertThat(process.waitFor()).isZero();
        assertThatThrownBy(() -> pty.resize(70_000, 1)).isInstanceOf(LinuxException.class);
    }

    @Test
    void muchOutputIsHeldBackUntilItIsRead() throws Exception {
        Process process = sh("head -c 1000000 /dev/zero | tr '\\0' a");
        assertThat(pty.reader().readAllBytes()).hasSize(1_000_000).containsOnly('a');
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void muchInputIsHeldBackUntilItIsRead() throws Exception {
        Process process = sh("stty raw -echo; echo ready; sleep 0.3; head -c 200000 | wc -c");
        assertThat(pty.reader().readNBytes(5)).asString().isEqualTo("ready");
        pty.writer().write(new byte[200_000]);
        assertThat(text()).contains("200000");
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void closingHangsUpAndEndsTheReader() throws Exception {
        Process process = sh("echo ready; exec sleep 100");
        assertThat(pty.reader().readNBytes(7)).asString().isEqualTo("ready\r\n");
        CompletableFuture<Integer> read = new CompletableFuture<>();
        Thread.startVirtualThread(() -> {
            try {
                read.complete(pty.reader().read());
            } catch (IOException e) {
                read.completeExceptionally(e);
            }
        });
        pty.close();
        pty.close();
        assertThat(read.get(60, TimeUnit.SECONDS)).isEqualTo(-1);
        assertThat(process.waitFor()).isEqualTo(128 + 1);
        await().untilAsserted(
                        () -> assertThatThrownBy(() -> pty.writer().write(1)).hasMessageContaining("closed"));
        pty.resize(10, 10);
    }

    @Test
    void closingWithUnreadOutputEndsTheProgram() throws Exception {
        Process process = sh("yes");
        assertThat(pty.reader().read()).isEqualTo('y');
        pty.close();
        process.waitFor();
        assertThat(pty.reader().readAllBytes().length).isLessThan(100_000);
    }

    private Process sh(String script) throws IOException {
        return pty.start(List.of("sh", "-c", script), Map.of("TERM", "dumb"));
    }

    private String text() throws IOException {
        return new String(pty.reader().readAllBytes(), StandardCharsets.UTF_8);
    }
}
