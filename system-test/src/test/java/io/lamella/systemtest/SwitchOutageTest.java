package io.lamella.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lamella.systemtest.Expectations.Fate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The switch's programs die under running instances, or are not there at all. */
class SwitchOutageTest {
    private static final List<String> PROGRAMS = List.of("ovsdb-tool", "ovsdb-server", "ovs-vswitchd");

    @TempDir
    Path directory;

    @BeforeEach
    void machine() {
        assumeTrue(System.getProperty("user.name").equals("root"), "containers and switches need root");
    }

    @Test
    void theSwitchComesBackUnderRunningInstances() throws Exception {
        try (TestNode node = new TestNode(directory).start()) {
            Outage outage = new Outage(node);
            outage.prepare();

            outage.kill("ovs-vswitchd");
            outage.recovered("after ovs-vswitchd was killed");

            outage.kill("ovsdb-server");
            assertThat(outage.ping()).as("frames pass without the database").isTrue();
            outage.recovered("after ovsdb-server was killed");

            outage.kill("ovs-vswitchd");
            outage.launch("during");
            outage.recovered("after a launch without ovs-vswitchd");

            outage.kill("ovsdb-server");
            outage.launch("between");
            outage.recovered("after a launch without ovsdb-server");

            outage.kill("ovs-vswitchd");
            outage.kill("ovsdb-server");
            outage.launch("amid");
            outage.recovered("after a launch without both");

            node.kill();
            outage.kill("ovs-vswitchd");
            outage.kill("ovsdb-server");
            node.start();
            outage.recovered("after all three died");
        }
    }

    @Test
    void aNodeWithoutSwitchProgramsRunsInstancesWithoutNetworks() throws Exception {
        try (TestNode node = new TestNode(directory).behind(withoutPrograms()).start()) {
            Cli cli = new Cli(node.socket());
            node.image("busybox");
            assertThat(cli.ok("node", "show")).contains("there is no switch", "openvswitch-switch");
            cli.ok("slice", "create", "a", "--memory", "128M");
            cli.ok("network", "create", "lan", "--slice", "a", "--subnet", "10.0.0.0/24");
            cli.ok("launch", "busybox", "alone", "--slice", "a", "--memory", "16M");
            assertThat(cli.ok("exec", "alone", "--", "ls", "/sys/class/net")).isEqualTo("lo\n");

            cli.refused(
                    1,
                    List.of("there is no switch", "openvswitch-switch"),
                    "launch",
                    "busybox",
                    "wired",
                    "--slice",
                    "a",
                    "--network",
                    "lan");

            assertThat(node.instances()).hasSize(1);
            assertThat(node.state().resolve("lxc/a.wired")).doesNotExist();
            assertThat(new Kernel(node).links()).isEmpty();
            assertThat(new Kernel(node).cgroups()).noneMatch(group -> group.contains("wired"));
            cli.ok("stop", "alone", "--grace", "0");
            cli.ok("start", "alone");
            cli.ok("delete", "alone", "--force");
            cli.ok("slice", "delete", "a", "--force");
        }
    }

    /** A mount namespace in which something that cannot be run lies over each of the switch's programs. */
    private static List<String> withoutPrograms() {
        StringBuilder script = new StringBuilder("set -e\n");
        for (String program : PROGRAMS) {
            for (String folder : List.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin")) {
                Path path = Path.of(folder, program);
                if (Files.exists(path)) {
                    script.append("mount --bind /dev/null ").append(path).append('\n');
                }
            }
        }
        return List.of("unshare", "--mount", "sh", "-c", script + "exec \"$@\"", "sh");
    }

    /** Two running instances, and what must hold of them again after each outage. */
    private static final class Outage {
        private final TestNode node;
        private final Cli cli;
        private final Expectations expected = new Expectations();

        Outage(TestNode node) {
            this.node = node;
            this.cli = new Cli(node.socket());
        }

        void prepare() throws Exception {
            assumeTrue(
                    Files.exists(node.run().resolve("ovs/ovs-vswitchd.pid")),
                    "the machine's own switch is in use here");
            node.image("busybox");
            cli.ok("slice", "create", "a", "--memory", "256M");
            cli.ok("network", "create", "lan", "--slice", "a", "--subnet", "10.0.0.0/24");
            expected.set("a", Fate.PRESENT);
            launch("one");
            launch("two");
            recovered("before any outage");
        }

        void kill(String program) throws Exception {
            long pid = Long.parseLong(Files.readString(node.run().resolve("ovs/" + program + ".pid"))
                    .strip());
            assertThat(Files.readString(Path.of("/proc/" + pid + "/comm")).strip())
                    .isEqualTo(program);
            ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        }

        /** A launch works, or is refused by one sentence. */
        void launch(String name) throws Exception {
            Http.Reply reply = node.call(
                    "POST",
                    "/slices/a/instances",
                    "{\"name\":\"" + name
                            + "\",\"image\":\"busybox\",\"memory\":\"16M\",\"nics\":[{\"network\":\"lan\"}]}");
            boolean made = reply.status() == 201;
            assertThat(made || reply.status() == 503)
                    .as("%s: %s\n%s", name, reply, node.log())
                    .isTrue();
            System.out.println("switch outage: launch of " + name + ": " + (made ? "done" : reply.body()));
            expected.set("a/" + name, made ? Fate.PRESENT : Fate.ABSENT);
            if (made) {
                expected.running("a/" + name, true);
            }
        }

        boolean ping() throws Exception {
            return cli.run("exec", "one", "--", "ping", "-c", "3", "-W", "5", "10.0.0.3")
                            .exit()
                    == 0;
        }

        void recovered(String when) throws Exception {
            Eventually.until("frames pass " + when, this::ping);
            Kernel kernel = new Kernel(node);
            Eventually.until(
                    "all ports have their flows " + when,
                    () -> kernel.flowPorts().equals(kernel.links())
                            && kernel.flowPorts().equals(kernel.switchPorts()));
            new Consistency(node).check(expected, when);
        }
    }
}
