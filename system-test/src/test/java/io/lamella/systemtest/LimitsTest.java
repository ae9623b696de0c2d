package io.lamella.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lamella.model.InstanceState;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What an instance takes when it takes all it can get, as the kernel counts it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LimitsTest {
    private static final String BUSY = "while :; do :; done & while :; do :; done & sleep 300";
    private static final int PIDS = 40;

    @TempDir
    static Path directory;

    private TestNode node;
    private Cli cli;

    @BeforeAll
    void start() throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"), "containers and switches need root");
        assumeTrue(Runtime.getRuntime().availableProcessors() >= 2, "a share of the CPUs needs two CPUs");
        node = new TestNode(directory).start();
        cli = new Cli(node.socket());
        node.image("busybox");
        cli.ok("slice", "create", "a", "--cpus", "0-0", "--memory", "256M");
        launch("quiet", "--memory", "32M");
    }

    @AfterAll
    void end() throws Exception {
        if (node != null) {
            node.close();
        }
    }

    @AfterEach
    void othersAreWell() throws Exception {
        if (node != null) {
            for (String name : List.of("greedy", "light", "heavy")) {
                node.call("DELETE", "/slices/a/instances/" + name + "?force=true", "");
            }
            assertThat(cli.ok("exec", "quiet", "--", "echo", "well")).isEqualTo("well\n");
            assertThat(group("quiet").oomKills()).isZero();
        }
    }

    private void launch(String name, String... more) throws Exception {
        String[] words = {"launch", "busybox", name, "--slice", "a"};
        String[] all = java.util.Arrays.copyOf(words, words.length + more.length);
        System.arraycopy(more, 0, all, words.length, more.length);
        cli.ok(all);
    }

    private Group group(String name) {
        return new Group(node.name + "/a/" + name);
    }

    /** Runs a shell's script in the instance, as one of its daemons. */
    private void background(String name, String script) throws Exception {
        cli.ok("exec", name, "--", "sh", "-c", "(" + script + ") </dev/null >/dev/null 2>&1 &");
    }

    @Test
    void memoryBeyondTheLimitIsRefusedWithinTheInstance() throws Exception {
        launch("greedy", "--memory", "24M");
        int init = node.instance("a", "greedy").status().pid().orElseThrow();

        Cli.Outcome outcome =
                cli.run("exec", "greedy", "--", "dd", "if=/dev/zero", "of=/dev/null", "bs=96M", "count=1");

        assertThat(outcome.exit()).as("killed by SIGKILL: %s", outcome).isEqualTo(128 + 9);
        assertThat(group("greedy").oomKills()).isPositive();
        assertThat(node.instance("a", "greedy").status().pid()).as("its init").contains(init);
        assertThat(cli.ok("exec", "greedy", "--", "echo", "alive")).isEqualTo("alive\n");
    }

    @Test
    void aForkBombEndsAtTheLimit() throws Exception {
        launch("greedy", "--pids", Integer.toString(PIDS), "--memory", "64M");

        background("greedy", "bomb() { bomb & bomb & sleep 30; }; bomb");

        Group group = group("greedy");
        Eventually.until("forks fail", () -> group.forksRefused() > 0);
        for (int i = 0; i < 50; i++) {
            assertThat(group.processes()).hasSizeLessThanOrEqualTo(PIDS);
        }
        assertThat(node.instance("a", "greedy").status().state()).isEqualTo(InstanceState.RUNNING);
        cli.ok("stop", "greedy", "--grace", "0");
        assertThat(group.exists()).isFalse();
    }

    @Test
    void busyProcessesStayOnTheSlicesCpusWhereverTheseGo() throws Exception {
        launch("greedy");
        background("greedy", BUSY);
        Group group = group("greedy");
        Eventually.until("both are busy", () -> group.processes().size() >= 4);

        assertThat(group.processorsSeen()).containsOnly(0);
        cli.ok("slice", "set", "a", "cpus=1-1");
        try {
            assertThat(node.instance("a", "greedy").status().cpus()).hasToString("1");
            Eventually.until("they have moved", () -> group.processorsNow().equals(java.util.Set.of(1)));
            assertThat(group.processorsSeen()).containsOnly(1);
            assertThat(group("quiet").allowedCpus()).containsOnly("1");
            assertThat(cli.ok("exec", "quiet", "--", "grep", "Cpus_allowed_list", "/proc/self/status"))
                    .as("what is started later")
                    .endsWith("\t1\n");
        } finally {
            cli.ok("slice", "set", "a", "cpus=0-0");
        }
        assertThat(group.allowedCpus()).containsOnly("0");
    }

    @Test
    void cpuTimeIsSharedByWeight() throws Exception {
        launch("light", "--cpu-weight", "100");
        launch("heavy", "--cpu-weight", "300");
        background("light", BUSY);
        background("heavy", BUSY);
        assertThat(ratio()).as("300 to 100").isBetween(1.8, 5.0);

        cli.ok("set", "light", "cpuWeight=300");
        cli.ok("set", "heavy", "cpuWeight=100");
        assertThat(ratio()).as("100 to 300").isBetween(1 / 5.0, 1 / 1.8);
    }

    /** How much more of the one CPU's time heavy gets, over enough of it that scheduling's grain does not show. */
    private double ratio() throws Exception {
        Group light = group("light");
        Group heavy = group("heavy");
        long lightBefore = light.cpuNanos();
        long heavyBefore = heavy.cpuNanos();
        Eventually.until(
                "the two have used 2 s of CPU time",
                () -> light.cpuNanos() - lightBefore + heavy.cpuNanos() - heavyBefore > 2_000_000_000L);
        double lightUsed = light.cpuNanos() - lightBefore;
        return (heavy.cpuNanos() - heavyBefore) / lightUsed;
    }

    @Test
    void limitsChangeWhileItRuns() throws Exception {
        launch("greedy", "--memory", "64M", "--pids", "100");
        Group group = group("greedy");
        assertThat(group.memoryLimit()).isEqualTo(64 << 20);
        assertThat(group.pidsLimit()).isEqualTo("100");

        cli.ok("set", "greedy", "memory=32M", "pids=50");
        assertThat(group.memoryLimit()).isEqualTo(32 << 20);
        assertThat(group.pidsLimit()).isEqualTo("50");
        assertThat(cli.run("exec", "greedy", "--", "dd", "if=/dev/zero", "of=/dev/null", "bs=48M", "count=1")
                        .exit())
                .isEqualTo(128 + 9);

        cli.ok("set", "greedy", "memory=80M");
        cli.ok("exec", "greedy", "--", "dd", "if=/dev/zero", "of=/dev/null", "bs=48M", "count=1");
        cli.refused(1, List.of("memory", "1G"), "set", "greedy", "memory=1G");
        assertThat(group.memoryLimit()).isEqualTo(80 << 20);
    }
}
