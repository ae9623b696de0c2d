package io.lamella.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the daemon with SIGKILL at random moments of a random workload, starts it again, and compares what clients were
 * told, what the daemon says, and what kernel and switch hold.
 */
class CrashTest {
    private static final int KILLS = Boolean.getBoolean("lamella.fast") ? 12 : 200;
    private static final int CLIENTS = 3;

    @TempDir
    Path directory;

    @Test
    void nothingIsLostOrLeftOver() throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"), "containers and switches need root");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/lxc-start")), "Debian's package lxc is not installed");
        long seed = Long.getLong("lamella.seed", System.nanoTime());
        Random random = new Random(seed);
        System.out.println("crash test: " + KILLS + " kills, seed " + seed + " (-Dlamella.seed)");
        try (TestNode node = new TestNode(directory)) {
            node.start();
            node.image("busybox");
            Expectations expected = new Expectations();
            Consistency consistency = new Consistency(node);
            int survived = 0;
            for (int kill = 0; kill < KILLS; kill++) {
                List<Workload> clients = new ArrayList<>();
                for (int c = 0; c < CLIENTS; c++) {
                    clients.add(new Workload(node, expected, "s" + c, new Random(random.nextLong())));
                }
                List<Thread> threads =
                        clients.stream().map(w -> Thread.ofPlatform().start(w)).toList();
                Thread.sleep(random.nextInt(1200));
                node.kill();
                for (Thread thread : threads) {
                    thread.join();
                }
                for (Workload client : clients) {
                    assertThat(client.surprises())
                            .withFailMessage(
                                    "before kill %d of seed %d: %s\ndaemon log:\n%s",
                                    kill, seed, client.surprises(), node.log())
                            .isEmpty();
                }
                node.start();
                consistency.check(expected, "after kill " + kill + " of seed " + seed);
                survived += expected.sizeOf(node);
            }
            System.out.println("crash test: " + KILLS + " kills, " + expected.acknowledged() + " acknowledged changes, "
                    + survived + " instances checked after kills");
            assertThat(expected.acknowledged()).as("the workload did something").isGreaterThan(KILLS / 4);
            new Workload(node, expected, "s0", random).removeAll();
            consistency.check(expected, "at the end");
        }
        assertNoTraceIsLeft();
    }

    private void assertNoTraceIsLeft() throws Exception {
        try (var left = Files.list(directory)) {
            assertThat(left.map(p -> p.getFileName().toString()))
                    .as("--remove takes state and run directories away")
                    .doesNotContain("state", "run");
        }
    }
}
