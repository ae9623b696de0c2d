package io.lamella.backend.lxc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lamella.compute.Backend.ExecRequest;
import io.lamella.compute.InstancePlan;
import io.lamella.compute.Session;
import io.lamella.model.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands and consoles in a real container. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SessionsTest {
    @TempDir
    Path directory;

    private Lab lab;
    private InstancePlan plan;

    @BeforeEach
    void begin() throws IOException {
        lab = new Lab(directory);
        Files.writeString(
                lab.image.resolve("etc/inittab"), "::sysinit:/bin/echo hello from sysinit\n::respawn:-/bin/sh\n");
        plan = lab.started(lab.slice("a", 3), "one");
    }

    @AfterEach
    void end() {
        if (lab != null) {
            lab.close();
        }
    }

    private static void write(Session session, String text) throws IOException {
        session.input().write(text.getBytes(StandardCharsets.UTF_8));
        session.input().flush();
    }

    /** Reads until the text has come. */
    private static String readTo(InputStream in, String end) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int c = in.read(); c >= 0; c = in.read()) {
            text.append((char) c);
            if (text.toString().contains(end)) {
                break;
            }
        }
        return text.toString();
    }

    @Test
    void streamsAreSeparateAndExitCodesPassThrough() throws Exception {
        var done = lab.run(plan, "sh", "-c", "echo out; echo err >&2; exit 42");
        assertThat(done).isEqualTo(new Lab.Done(42, "out\n", "err\n"));
        assertThat(lab.run(plan, "sh", "-c", "kill -9 $$").exitCode()).isEqualTo(137);
    }

    @Test
    void noShellReadsTheCommand() throws Exception {
        assertThat(lab.run(plan, "echo", "$HOME; a  b", "-n", "'").output()).isEqualTo("$HOME; a  b -n '\n");
    }

    @Test
    void theEnvironmentIsTheInstances() throws Exception {
        var done = lab.run(plan, false, Map.of("GREETING", "hello = you", "HOME", "/tmp"), "env");
        assertThat(done.output().lines())
                .contains("GREETING=hello = you", "HOME=/tmp", "USER=root", "container=lxc")
                .noneMatch(line -> line.startsWith("JAVA_HOME") || line.startsWith("LC_ALL"));
    }

    @Test
    void aMissingCommandIsSaidToBeMissing() throws Exception {
        var done = lab.run(plan, "nonsense");
        assertThat(done).isEqualTo(new Lab.Done(127, "", "Failed to exec \"nonsense\": No such file or directory\n"));
        var shown = lab.run(plan, true, Map.of(), "nonsense");
        assertThat(shown.exitCode()).isEqualTo(127);
        assertThat(shown.output()).endsWith("Failed to exec \"nonsense\": No such file or directory\r\n");
    }

    @Test
    void inputReachesTheCommandAndItsEndToo() throws Exception {
        byte[] all = new byte[200_000];
        new Random(1).nextBytes(all);
        ExecRequest request = new ExecRequest(List.of("cat"), Map.of(), false, 0, 0);
        try (Session session = lab.backend().exec(plan.unit(), request)) {
            Thread.startVirtualThread(() -> {
                try (var input = session.input()) {
                    input.write(all);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            assertThat(session.output().readAllBytes()).isEqualTo(all);
            assertThat(session.await()).isZero();
        }
    }

    @Test
    void aTerminalIsOneAndHasASize() throws Exception {
        ExecRequest request = new ExecRequest(List.of("sh"), Map.of(), true, 100, 30);
        try (Session session = lab.backend().exec(plan.unit(), request)) {
            write(session, "tty; stty size; echo done\n");
            assertThat(readTo(session.output(), "\ndone")).contains("/dev/pts/").contains("30 100");
            session.resize(120, 40);
            write(session, "sleep 1; stty size; echo again\n");
            assertThat(readTo(session.output(), "\nagain")).contains("40 120");
            write(session, "exit 7\n");
            assertThat(session.await()).isEqualTo(7);
        }
    }

    @Test
    void closingASessionEndsItsCommand() throws Exception {
        for (boolean terminal : new boolean[] {false, true}) {
            ExecRequest request =
                    new ExecRequest(List.of("sh", "-c", "echo up; sleep 4711; true"), Map.of(), terminal, 0, 0);
            Session session = lab.backend().exec(plan.unit(), request);
            readTo(session.output(), "up");
            session.close();
            await().untilAsserted(() -> assertThat(lab.run(plan, "sh", "-c", "cat /proc/[0-9]*/cmdline")
                            .output()
                            .replace("cat\0/proc/", ""))
                    .doesNotContain("4711"));
        }
    }

    @Test
    void theConsoleIsInitsOwn() throws Exception {
        try (Session session = lab.backend().console(plan.unit())) {
            write(session, "\n");
            readTo(session.output(), "# ");
            write(session, "echo on the $((1 + 1))nd line\n");
            assertThat(readTo(session.output(), "2nd line")).contains("on the 2nd line");
        }
        await().untilAsserted(() -> assertThat(lab.console(plan)).contains("on the 2nd line"));
    }

    @Test
    void theConsoleLogKeepsTheLastMebibyte() throws Exception {
        lab.run(plan, "sh", "-c", "yes 0123456789abcdef | head -c 3000000 > /dev/console; echo the end > /dev/console");
        await().untilAsserted(() -> assertThat(lab.console(plan)).endsWith("the end\r\n"));
        assertThat(lab.console(plan)).hasSizeBetween(1 << 19, 1 << 20);
        Unit unit = Unit.of(lab.settings, plan.unit());
        assertThat(Files.size(unit.consoleLog())).isLessThan(2 << 20);
    }

    @Test
    void whatCannotBeAskedIsRefused() {
        assertThatThrownBy(() -> lab.run(plan)).isInstanceOf(Refusal.class).hasMessageContaining("command is empty");
        assertThatThrownBy(() -> lab.run(plan, "a\0b"))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("zero byte");
        assertThatThrownBy(() -> lab.run(plan, false, Map.of("a=b", "c"), "true"))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("environment \"a=b\"");
    }
}
