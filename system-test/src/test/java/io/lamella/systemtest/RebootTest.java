package io.lamella.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lamella.model.InstanceState;
import io.lamella.model.InstanceView;
import io.lamella.model.Port;
import io.lamella.systemtest.Expectations.Fate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The machine loses power: what ran comes up again, in the order and with the pauses that were asked for. */
class RebootTest {
    private static final int TICKS = 100; // of /proc/PID/stat in a second, whatever the kernel's own: see proc(5)

    @TempDir
    Path directory;

    @Test
    void instancesComeUpInOrder() throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"), "containers and switches need root");
        try (TestNode node = new TestNode(directory).start()) {
            Cli cli = new Cli(node.socket());
            node.image("busybox");
            cli.ok("slice", "create", "s", "--memory", "256M");
            cli.ok("network", "create", "lan", "--slice", "s", "--subnet", "10.0.0.0/24");
            launch(cli, "last", "--autostart-priority", "-5");
            launch(cli, "middle", "--autostart-delay", "2");
            launch(cli, "first", "--autostart-priority", "10", "--autostart-delay", "3");
            launch(cli, "off", "--no-autostart");
            launch(cli, "ended");
            cli.ok("stop", "ended", "--grace", "0");
            Map<String, List<Port>> before = ports(node);

            new PowerFailure(node).strike();
            node.start();

            assertThat(cli.ok("list")).as("it answers while instances come up").contains("first", "last");
            Eventually.until("the last one runs", () -> running(node, "last"));
            assertThat(started(node, "middle"))
                    .as("ticks after first")
                    .isGreaterThanOrEqualTo(started(node, "first") + 3 * TICKS);
            assertThat(started(node, "last"))
                    .as("ticks after middle")
                    .isGreaterThanOrEqualTo(started(node, "middle") + 2 * TICKS);
            assertThat(ports(node)).isEqualTo(before);
            consistent(node, "after the power failure");
            cli.ok("exec", "first", "--", "ping", "-c", "1", "-W", "5", address(node, "last"));

            cli.ok("start", "off");
            node.kill();
            node.start();
            assertThat(running(node, "off")).as("no reboot, so it is let run").isTrue();
        }
    }

    /** A daemon that dies while instances come up after a boot starts the rest, and still not what is to stay stopped. */
    @Test
    void aDaemonThatDiesOnTheWayUpGoesOnWhereItWas() throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"), "containers and switches need root");
        try (TestNode node = new TestNode(directory).start()) {
            Cli cli = new Cli(node.socket());
            node.image("busybox");
            cli.ok("slice", "create", "s", "--memory", "256M");
            cli.ok("network", "create", "lan", "--slice", "s", "--subnet", "10.0.0.0/24");
            launch(cli, "slow", "--autostart-priority", "10", "--autostart-delay", "3600");
            launch(cli, "deleted", "--autostart-priority", "5");
            launch(cli, "next");
            launch(cli, "off", "--no-autostart", "--autostart-priority", "-5");

            new PowerFailure(node).strike();
            node.start();
            Eventually.until("the first one runs", () -> running(node, "slow"));
            cli.ok("delete", "deleted");
            assertThat(running(node, "next")).isFalse();
            node.kill();
            node.start();

            Eventually.until("the next one runs", () -> running(node, "next"));
            assertThat(running(node, "slow")).isTrue();
            assertThat(running(node, "off")).isFalse();
            assertThat(cli.ok("list")).doesNotContain("deleted");
        }
    }

    private static void launch(Cli cli, String name, String... more) throws Exception {
        String[] words = {"launch", "busybox", name, "--slice", "s", "--memory", "16M", "--network", "lan"};
        String[] all = java.util.Arrays.copyOf(words, words.length + more.length);
        System.arraycopy(more, 0, all, words.length, more.length);
        cli.ok(all);
    }

    private static void consistent(TestNode node, String when) throws Exception {
        Expectations expected = new Expectations();
        for (String name : List.of("first", "middle", "last", "off", "ended")) {
            expected.set("s/" + name, Fate.PRESENT);
            expected.running("s/" + name, !name.equals("off") && !name.equals("ended"));
        }
        new Consistency(node).check(expected, when);
    }

    private static boolean running(TestNode node, String name) throws IOException {
        return node.instance("s", name).status().state() == InstanceState.RUNNING;
    }

    private static Map<String, List<Port>> ports(TestNode node) throws IOException {
        Map<String, List<Port>> all = new TreeMap<>();
        for (InstanceView i : node.instances()) {
            all.put(i.name(), i.ports());
        }
        return all;
    }

    private static String address(TestNode node, String name) throws IOException {
        return node.instance("s", name).ports().getFirst().address().toString();
    }

    /** When its init was made, in ticks since the boot: field 22 of proc_pid_stat(5). */
    private static long started(TestNode node, String name) throws IOException {
        int pid = node.instance("s", name).status().pid().orElseThrow();
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[19]);
    }
}
