package io.lamella.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    @Test
    void outputErrorAndExitCodeAreCaptured() {
        assertThat(shell("echo out; echo err >&2; exit 7")).isEqualTo(new Command.Result(7, "out\n", "err\n"));
        assertThat(Command.run(LONG, List.of("true"))).isEqualTo(new Command.Result(0, "", ""));
        assertThat(shell("echo out; echo why >&2; echo >&2").lastLine()).isEqualTo("why");
        assertThat(shell("echo only").lastLine()).isEqualTo("only");
        assertThat(shell("kill -9 $$").exitCode()).isEqualTo(128 + 9);
    }

    @Test
    void inputAndEnvironmentReachTheProgram() {
        byte[] input = "x".repeat(300_000).getBytes(StandardCharsets.US_ASCII);
        var result =
                Command.run(LONG, List.of("sh", "-c", "cat; echo $GREETING $LC_ALL"), Map.of("GREETING", "hi"), input);
        assertThat(result.output()).hasSize(300_000 + 5).endsWith("xhi C\n");
        assertThat(Command.run(LONG, List.of("true"), Map.of(), input).ok()).isTrue();
    }

    @Test
    void theFirstMebibyteIsKeptAndTheProgramIsNotHeldUp() {
        var result = shell("head -c 3000000 /dev/zero | tr '\\0' a; head -c 3000000 /dev/zero >&2");
        assertThat(result.exitCode()).isZero();
        assertThat(result.output()).hasSize(1 << 20);
        assertThat(result.error()).hasSize(1 << 20);
    }

    @Test
    void aProgramThatTakesTooLongIsKilledWithItsChildren() {
        Path pids = directory.resolve("pids");
        assertThatThrownBy(() -> Command.run(
                        Duration.ofMillis(1500),
                        List.of("sh", "-c", "sleep 100 & echo $! $$ > " + pids + "; echo why >&2; wait")))
                .isInstanceOfSatisfying(
                        LinuxException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ETIMEDOUT))
                .hasMessageContaining("1500 ms")
                .hasMessageContaining("why");
        assertThat(pids).content().satisfies(content -> {
            for (String pid : content.strip().split(" ", -1)) {
                await().untilAsserted(() ->
                        assertThat(Pids.alive(Integer.parseInt(pid))).isFalse());
            }
        });
    }

    @Test
    void whatStaysInTheBackgroundIsNotWaitedFor() {
        var result = shell("sleep 100 & echo $!");
        int pid = Integer.parseInt(result.output().strip());
        assertThat(Pids.alive(pid)).isTrue();
        Pids.signal(pid, Pids.startTime(pid), 9);
    }

    @Test
    void anInterruptEndsTheProgram() throws Exception {
        Path pid = directory.resolve("pid");
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        Thread thread = Thread.startVirtualThread(() -> {
            try {
                shell("echo $$ > " + pid + "; exec sleep 100");
            } catch (LinuxException e) {
                failure.complete(e);
            }
        });
        await().until(() -> Files.exists(pid) && Files.size(pid) > 0);
        thread.interrupt();
        assertThat(failure.get(60, TimeUnit.SECONDS))
                .isInstanceOfSatisfying(
                        LinuxException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EINTR));
        int sleeping = Integer.parseInt(Files.readString(pid).strip());
        await().until(() -> !Pids.alive(sleeping));
    }

    @Test
    void programsAreFound() {
        assertThat(Command.find("sh")).isPresent();
        assertThat(Command.find("/bin/sh")).contains(Path.of("/bin/sh"));
        assertThat(Command.find("no-such-program-anywhere")).isEmpty();
        assertThat(Command.find("/etc/passwd")).isEmpty();
        assertThatThrownBy(() -> Command.run(LONG, List.of("no-such-program-anywhere")))
                .isInstanceOfSatisfying(
                        LinuxException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOENT))
                .hasMessageContaining("no-such-program-anywhere");
    }

    private static Command.Result shell(String script) {
        return Command.run(LONG, List.of("sh", "-c", script));
    }
}
