package io.lamella.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trees of real processes. */
class ProcessTreeTest {
    @TempDir
    Path directory;

    /** Those that carry {@code mark} in their command lines. */
    private static List<Integer> marked(String mark) {
        return ProcessHandle.allProcesses()
                .map(process -> (int) process.pid())
                .filter(pid -> Pids.alive(pid) && Pids.commandLine(pid).contains(mark))
                .toList();
    }

    @Test
    void everyGenerationEnds() throws IOException {
        String mark = UUID.randomUUID().toString();
        Process top = new ProcessBuilder("sh", "-c", "sh -c 'sh -c \"sleep 60; true\" " + mark + "; true'; true")
                .redirectErrorStream(true)
                .start();
        await().until(() -> marked(mark).size() == 3);
        ProcessTree.kill((int) top.pid());
        await().untilAsserted(() -> assertThat(marked(mark)).isEmpty());
    }

    /** A killed parent's child would be nobody's and live on; the moment between its fork and its exec is the worst. */
    @RepeatedTest(30)
    void whatIsForkedMeanwhileEndsToo() throws IOException {
        Path seen = directory.resolve("seen");
        String mark = UUID.randomUUID().toString();
        Process top = new ProcessBuilder(
                        "sh",
                        "-c",
                        "for i in $(seq 40); do : > " + seen + "; sh -c 'sleep 60; true' " + mark + " & done; wait")
                .start();
        await().until(() -> Files.exists(seen));
        ProcessTree.kill((int) top.pid());
        await().untilAsserted(() -> assertThat(marked(mark)).isEmpty());
    }

    @Test
    void whatIsGoneIsPassedOver() throws Exception {
        Process gone = new ProcessBuilder("true").start();
        gone.waitFor();
        ProcessTree.kill((int) gone.pid());
    }
}
