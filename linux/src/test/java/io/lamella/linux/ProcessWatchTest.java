package io.lamella.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProcessWatchTest {
    private final ProcessWatch watch = new ProcessWatch();
    private final BlockingQueue<Integer> exits = new LinkedBlockingQueue<>();
    private final List<Process> processes = new ArrayList<>();

    @AfterEach
    void clean() {
        watch.close();
        processes.forEach(Process::destroyForcibly);
    }

    @Test
    void theExitOfEachProcessIsToldOnce() throws Exception {
        for (int i = 0; i < 5; i++) {
            int pid = cat();
            watch.watch(pid, () -> exits.add(pid));
        }
        List<Integer> ended = new ArrayList<>();
        for (Process process : processes) {
            process.getOutputStream().close();
            ended.add(exits.poll(30, TimeUnit.SECONDS));
            assertThat(ended.getLast()).isEqualTo((int) process.pid());
        }
        watch.close();
        assertThat(exits).isEmpty();
    }

    @Test
    void aProcessThatIsGoneIsToldAtOnce() throws Exception {
        Process process = new ProcessBuilder("true").start();
        process.waitFor();
        watch.watch((int) process.pid(), () -> exits.add(1));
        assertThat(exits.poll(30, TimeUnit.SECONDS)).isEqualTo(1);
    }

    @Test
    void aProcessOfAnotherParentIsWatched() throws Exception {
        Process shell = new ProcessBuilder("sh", "-c", "sleep 100 >/dev/null & echo $!").start();
        int pid = Integer.parseInt(line(shell));
        shell.waitFor();
        long startTime = Pids.startTime(pid);
        await().until(() -> Pids.commandLine(pid).equals("sleep 100"));
        watch.watch(pid, () -> exits.add(pid));

        assertThat(Pids.signal(pid, startTime + 1, 9)).isFalse();
        assertThat(Pids.alive(pid)).isTrue();
        assertThat(Pids.signal(pid, startTime, 9)).isTrue();
        assertThat(exits.poll(30, TimeUnit.SECONDS)).isEqualTo(pid);
        assertThat(Pids.alive(pid)).isFalse();
    }

    @Test
    void anUnwatchedProcessIsNotTold() throws Exception {
        int first = cat();
        int second = cat();
        watch.watch(first, () -> exits.add(first));
        watch.watch(second, () -> exits.add(second));
        watch.unwatch(first);
        processes.get(0).destroyForcibly().waitFor();
        processes.get(1).destroyForcibly().waitFor();
        assertThat(exits.poll(30, TimeUnit.SECONDS)).isEqualTo(second);
        watch.close();
        assertThat(exits).isEmpty();
    }

    @Test
    void aFailingCallbackDoesNotEndTheWatch() throws Exception {
        CompletableFuture<Thread> failed = new CompletableFuture<>();
        int first = cat();
        int second = cat();
        watch.watch(first, () -> {
            Thread.currentThread().setUncaughtExceptionHandler((thread, e) -> failed.complete(thread));
            throw new IllegalStateException("expected");
        });
        watch.watch(second, () -> exits.add(second));
        processes.get(0).getOutputStream().close();
        assertThat(failed.get(30, TimeUnit.SECONDS).isVirtual()).isTrue();
        processes.get(1).getOutputStream().close();
        assertThat(exits.poll(30, TimeUnit.SECONDS)).isEqualTo(second);
    }

    @Test
    void aClosedWatchRefuses() throws IOException {
        int pid = cat();
        watch.close();
        assertThatThrownBy(() -> watch.watch(pid, () -> exits.add(pid))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void childrenAndMissingProcessesAreTold() throws Exception {
        Process shell = new ProcessBuilder("sh", "-c", "sleep 100 & echo $!; wait").start();
        processes.add(shell);
        int child = Integer.parseInt(line(shell));
        assertThat(Pids.children((int) shell.pid())).containsExactly(child);
        assertThat(Pids.alive((int) shell.pid())).isTrue();
        Pids.signal(child, Pids.startTime(child), 9);
        shell.waitFor();

        int gone = (int) shell.pid();
        assertThat(Pids.children(gone)).isEmpty();
        assertThat(Pids.commandLine(gone)).isEmpty();
        assertThat(Pids.alive(gone)).isFalse();
        assertThat(Pids.signal(gone, 1, 9)).isFalse();
        assertThatThrownBy(() -> Pids.startTime(gone))
                .isInstanceOfSatisfying(
                        LinuxException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ESRCH));
    }

    private int cat() throws IOException {
        Process process = new ProcessBuilder("cat").start();
        processes.add(process);
        return (int) process.pid();
    }

    private static String line(Process process) throws IOException {
        String line =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)).readLine();
        return line == null ? "" : line;
    }
}
