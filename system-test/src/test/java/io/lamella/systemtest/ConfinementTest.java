package io.lamella.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What root of an instance is to the node's kernel: an unprivileged user behind a filter. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConfinementTest {
    private static final long SYS_MODULE = 1L << 16;
    private static final long SYS_TIME = 1L << 25;
    private static final long MKNOD = 1L << 27;

    @TempDir
    static Path directory;

    private TestNode node;
    private Cli cli;

    @BeforeAll
    void start() throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"), "containers and switches need root");
        node = new TestNode(directory).start();
        cli = new Cli(node.socket());
        node.image("busybox");
        for (String slice : List.of("a", "b")) {
            cli.ok("slice", "create", slice, "--memory", "64M");
            cli.ok("launch", "busybox", "in-" + slice, "--slice", slice);
        }
    }

    @AfterAll
    void end() throws Exception {
        if (node != null) {
            node.close();
        }
    }

    private Path init(String slice) throws Exception {
        return Path.of(
                "/proc/" + node.instance(slice, "in-" + slice).status().pid().orElseThrow());
    }

    /** Runs a shell's script as root of the instance. */
    private Cli.Outcome inside(String script) throws Exception {
        return cli.run("exec", "in-a", "--", "sh", "-c", script);
    }

    @Test
    void slicesHaveUserIdsOfTheirOwn() throws Exception {
        for (String map : List.of("uid_map", "gid_map")) {
            long[] a = range(init("a").resolve(map));
            long[] b = range(init("b").resolve(map));
            assertThat(a[0]).isGreaterThanOrEqualTo(65536);
            assertThat(b[0]).isGreaterThanOrEqualTo(65536);
            assertThat(a[0] + a[1] <= b[0] || b[0] + b[1] <= a[0])
                    .as("%d+%d and %d+%d", a[0], a[1], b[0], b[1])
                    .isTrue();
        }
        assertThat(Group.status(init("a").resolve("status"), "Uid"))
                .startsWith(Long.toString(range(init("a").resolve("uid_map"))[0]));
    }

    /** The node's first id and how many there are; one line, for the ids from 0 on (user_namespaces(7)). */
    private static long[] range(Path map) throws Exception {
        List<String> lines = Kernel.lines(Files.readString(map));
        assertThat(lines).hasSize(1);
        String[] words = lines.getFirst().split(" +");
        assertThat(words[0]).isEqualTo("0");
        return new long[] {Long.parseLong(words[1]), Long.parseLong(words[2])};
    }

    @Test
    void processesAreFilteredAndLackCapabilities() throws Exception {
        String session = cli.ok("exec", "in-a", "--", "cat", "/proc/self/status");
        Path copy = Files.writeString(directory.resolve("status"), session);
        for (Path status : List.of(init("a").resolve("status"), copy)) {
            assertThat(Group.status(status, "Seccomp")).as("filter").isEqualTo("2");
            for (String set : List.of("CapEff", "CapPrm", "CapBnd")) {
                long capabilities = Long.parseUnsignedLong(Group.status(status, set), 16);
                assertThat(capabilities & (SYS_MODULE | SYS_TIME | MKNOD))
                        .as(set)
                        .isZero();
            }
            // su, ping and sudo work inside: setuid programs may give what the user namespace holds, and no more
            assertThat(Group.status(status, "NoNewPrivs")).isEqualTo("0");
        }
        for (String namespace : List.of("user", "pid", "net", "mnt", "ipc", "uts")) {
            assertThat(Files.readSymbolicLink(init("a").resolve("ns/" + namespace)))
                    .isNotEqualTo(Files.readSymbolicLink(Path.of("/proc/self/ns", namespace)))
                    .isNotEqualTo(Files.readSymbolicLink(init("b").resolve("ns/" + namespace)));
        }
    }

    @Test
    void theNodesSettingsCannotBeWritten() throws Exception {
        Path panic = Path.of("/proc/sys/kernel/panic");
        String before = Files.readString(panic);
        for (String remount : List.of(
                ":", "mount -o remount,rw /proc/sys", "mount -o remount,rw,bind /proc/sys", "mount -t proc p /mnt")) {
            for (String file : List.of(
                    "/proc/sys/kernel/panic",
                    "/mnt/sys/kernel/panic",
                    "/proc/sys/vm/drop_caches",
                    "/proc/sysrq-trigger",
                    "/sys/kernel/mm/ksm/run",
                    "/sys/power/state",
                    "/sys/module/printk/parameters/time")) {
                Cli.Outcome outcome = inside(remount + " 2>/dev/null; echo 1 > " + file);
                assertThat(outcome.exit())
                        .as("%s; %s: %s", remount, file, outcome)
                        .isNotZero();
            }
        }
        assertThat(Files.readString(panic)).isEqualTo(before);
    }

    @Test
    void devicesCannotBeMade() throws Exception {
        for (String place : List.of("/tmp", "/dev", "/root")) {
            Cli.Outcome outcome = inside("mknod " + place + "/disk b 8 0 && cat " + place + "/disk");
            assertThat(outcome.exit()).as("%s: %s", place, outcome).isNotZero();
            assertThat(outcome.err()).contains("not permitted");
        }
        assertThat(inside("cat /dev/mem /dev/kmsg").exit()).isNotZero();
        assertThat(inside("ls /dev/sda /dev/vda /dev/nvme0n1 2>/dev/null").out())
                .isEmpty();
    }

    @Test
    void theNodeIsOutOfSight() throws Exception {
        assertThat(inside("ps").out()).doesNotContain("java", "lxc monitor");
        assertThat(inside("cat /proc/1/cmdline").out()).contains("init");
        assertThat(inside("mount -t cgroup -o cpuset c /mnt && ls /mnt/" + node.name)
                        .exit())
                .isNotZero();
        assertThat(inside("insmod /x.ko").exit()).isNotZero();
        assertThat(inside("date -s 2001-01-01").err()).contains("not permitted");
        assertThat(inside("chroot /proc/1/root ls " + node.state()).exit()).isNotZero();
    }
}
