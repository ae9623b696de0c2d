package io.lamella.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lamella.cli.InProcess;
import io.lamella.linux.Hardware;
import io.lamella.linux.Pids;
import io.lamella.model.BackendInfo;
import io.lamella.model.BackendKind;
import io.lamella.model.Codec;
import io.lamella.model.CpuSet;
import io.lamella.model.InstanceState;
import io.lamella.model.InstanceView;
import io.lamella.model.NodeInfo;
import io.lamella.model.Port;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every backend has to do, told of one instance of it among containers. In order, because a start may take long;
 * drivable in one process, because where the hypervisors are real another one takes long.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class BackendSuite {
    /** How virtual machines are carried out: {@code tcg} unless the machine is one to try the real thing on. */
    private static final String ACCELERATION = System.getProperty("lamella.acceleration", "tcg");

    private static final String MEMORY = "128M";
    private static final long MEBIBYTE = 1L << 20;

    @TempDir
    static Path directory;

    private final BackendKind kind;
    private TestNode node;
    private @Nullable QemuLock lock;
    private List<Port> ports = List.of();

    BackendSuite(BackendKind kind) {
        this.kind = kind;
    }

    @BeforeAll
    void begin() throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"), "containers and switches need root");
        Path own = Files.createTempDirectory(directory, kind.word());
        Files.setPosixFilePermissions(directory, java.nio.file.attribute.PosixFilePermissions.fromString("rwx--x--x"));
        node = new TestNode(own);
        StringBuilder config = new StringBuilder("acceleration: " + ACCELERATION + "\n");
        GuestKernels.fetched().ifPresent(file -> config.append("guestKernel: " + file + "\n"));
        Files.writeString(own.resolve("lamella.yaml"), config);
        node.start();
        BackendInfo info = Codec.read(
                        NodeInfo.class, node.call("GET", "/node", "").ok())
                .backends()
                .stream()
                .filter(b -> b.backend() == kind)
                .findFirst()
                .orElseThrow(() -> new org.opentest4j.TestAbortedException("this node has no backend " + kind));
        assumeTrue(info.available(), "backend " + kind + " does not work here: " + info.detail());
        if (kind == BackendKind.KVM) {
            lock = QemuLock.take();
        }
        node.image("busybox");
        for (String slice : List.of("a", "b")) {
            ok("slice", "create", slice, "--memory", "768M");
            ok("network", "create", "lan", "--slice", slice, "--subnet", "10.0.0.0/24");
        }
        ok("launch", "busybox", "peer", "--slice", "a", "--network", "lan:10.0.0.3");
        ok("launch", "busybox", "stranger", "--slice", "b", "--network", "lan:10.0.0.7");
    }

    @AfterAll
    void end() throws Exception {
        if (node != null) {
            node.close();
        }
        if (lock != null) {
            lock.close();
        }
    }

    /** Ends an instance as if it had crashed, behind the daemon's back. */
    void crash(TestNode node, InstanceView instance) throws Exception {
        ProcessHandle.of(instance.status().pid().orElseThrow()).orElseThrow().destroyForcibly();
    }

    private InProcess.Outcome run(String... words) {
        return InProcess.run(node.socket(), words);
    }

    private String ok(String... words) {
        InProcess.Outcome outcome = run(words);
        assertThat(outcome.exit())
                .as("%s: %s\n%s", String.join(" ", words), outcome.err(), node.log())
                .isZero();
        return outcome.out();
    }

    private InProcess.Outcome inside(String instance, String script) {
        return run("exec", instance, "--slice", instance.equals("stranger") ? "b" : "a", "--", "sh", "-c", script);
    }

    private InstanceView subject() throws Exception {
        return node.instance("a", "x");
    }

    private boolean reaches(String from, String address) {
        return inside(from, "ping -c 1 -W 2 " + address).exit() == 0;
    }

    @Test
    @Order(1)
    void itStartsWithItsNameAndAddresses() throws Exception {
        String out = ok(
                "launch",
                "busybox",
                "x",
                "--slice",
                "a",
                "--backend",
                kind.word(),
                "--cpus",
                "1",
                "--memory",
                MEMORY,
                "--network",
                "lan:10.0.0.2");
        InstanceView x = subject();
        ports = x.ports();
        assertThat(x.status().state()).isEqualTo(InstanceState.RUNNING);
        assertThat(x.status().backend()).isEqualTo(kind);
        assertThat(x.kernel().orElseThrow().addresses()).containsExactly("10.0.0.2");
        x.status().warning().ifPresent(warning -> assertThat(out).contains(warning));
        assertThat(inside("x", "hostname")).isEqualTo(new InProcess.Outcome(0, "x\n", ""));
        assertThat(inside("x", "ip -4 address show eth0").out()).contains("inet 10.0.0.2/24 brd 10.0.0.255");
        assertThat(inside("x", "cat /sys/class/net/eth0/address").out())
                .isEqualTo(ports.getFirst().mac() + "\n");
        assertThat(inside("x", "echo to out; echo to err >&2; exit 9"))
                .isEqualTo(new InProcess.Outcome(9, "to out\n", "to err\n"));
    }

    @Test
    @Order(2)
    void itReachesItsNetworkAndNothingElse() {
        assertThat(reaches("x", "10.0.0.3")).isTrue();
        assertThat(reaches("peer", "10.0.0.2")).isTrue();
        assertThat(reaches("x", "10.0.0.7")).as("another slice's").isFalse();
        assertThat(reaches("stranger", "10.0.0.2")).as("another slice's").isFalse();
        assertThat(inside("peer", "wget -q -O - http://10.0.0.2/ 2>&1").exit()).isNotZero();
        inside(
                "x",
                "mkdir -p /tmp/www; dd if=/dev/urandom of=/tmp/www/f bs=64k count=16 2>/dev/null; httpd -h /tmp/www");
        String sum = inside("x", "md5sum < /tmp/www/f").out();
        assertThat(inside("peer", "wget -q -O - http://10.0.0.2/f | md5sum").out())
                .isEqualTo(sum);
        inside("x", "ip address add 10.0.0.66/24 dev eth0");
        assertThat(inside("x", "ping -c 1 -W 2 -I 10.0.0.66 10.0.0.3").exit())
                .as("a borrowed address")
                .isNotZero();
        inside("x", "ip address del 10.0.0.66/24 dev eth0");
    }

    @Test
    @Order(3)
    void limitsHoldAsItsKernelAndTheNodesSeeThem() throws Exception {
        InstanceView x = subject();
        assertThat(x.status().cpus().size()).isEqualTo(1);
        assertThat(x.kernel().orElseThrow().cpus()).isEqualTo(x.status().cpus());
        assertThat(x.kernel().orElseThrow().memoryLimit().orElseThrow().bytes())
                .isBetween(128 * MEBIBYTE, 512 * MEBIBYTE);
        assertThat(inside("x", "nproc").out()).isEqualTo("1\n");
        if (kind != BackendKind.LXC) {
            String total = inside("x", "sed -n 's/MemTotal: *\\([0-9]*\\) kB/\\1/p' /proc/meminfo")
                    .out();
            assertThat(Long.parseLong(total.strip()) * 1024).isLessThan(128 * MEBIBYTE);
        }
        assertThat(run("set", "x", "--slice", "a", "memory=100G").exit()).isNotZero();
        ok("set", "x", "--slice", "a", "memory=96M");
        assertThat(subject().kernel().orElseThrow().memoryLimit().orElseThrow().bytes())
                .isLessThan(x.kernel().orElseThrow().memoryLimit().orElseThrow().bytes());
        int other = CpuSet.parse("cpus", Hardware.onlineCpus()).minus(x.status().cpus()).stream()
                .findFirst()
                .orElse(0);
        ok("set", "x", "--slice", "a", "cpus=" + other + "-" + other);
        assertThat(subject().kernel().orElseThrow().cpus()).isEqualTo(CpuSet.of(other));
    }

    @Test
    @Order(4)
    void itStandsStillAndGoesOn() throws Exception {
        ok("freeze", "x", "--slice", "a");
        assertThat(subject().status().state()).isEqualTo(InstanceState.FROZEN);
        ok("thaw", "x", "--slice", "a");
        assertThat(subject().status().state()).isEqualTo(InstanceState.RUNNING);
        assertThat(inside("x", "echo well").out()).isEqualTo("well\n");
    }

    @Test
    @Order(5)
    void itRunsOnWhenTheDaemonIsKilled() throws Exception {
        Optional<Integer> pid = subject().status().pid();
        node.kill();
        node.start();
        assertThat(subject().status().pid()).isEqualTo(pid);
        assertThat(inside("x", "echo well").out()).isEqualTo("well\n");
        assertThat(reaches("peer", "10.0.0.2")).isTrue();
    }

    @Test
    @Order(6)
    void itsDiskOutlivesAStop() throws Exception {
        inside("x", "echo kept > /root/kept; chown 7:8 /root/kept; chmod 640 /root/kept; rm /etc/hosts");
        ok("stop", "x", "--slice", "a", "--grace", "60");
        assertThat(subject().status().state()).isEqualTo(InstanceState.STOPPED);
        ok("start", "x", "--slice", "a");
        assertThat(inside("x", "cat /root/kept").out()).isEqualTo("kept\n");
        Eventually.until(
                "its console shows its init",
                () -> ok("logs", "x", "--slice", "a").contains("Please press Enter"));
    }

    @Test
    @Order(7)
    void itsCrashIsNoticed() throws Exception {
        crash(node, subject());
        Eventually.until("it is known to be stopped", () -> subject().status().state() == InstanceState.STOPPED);
        ok("start", "x", "--slice", "a");
        assertThat(reaches("peer", "10.0.0.2")).isTrue();
    }

    @Test
    @Order(8)
    void itChangesItsBackendAndKeepsWhatItIs() throws Exception {
        BackendKind other = kind == BackendKind.LXC ? BackendKind.KVM : BackendKind.LXC;
        InProcess.Outcome early = run("set", "x", "--slice", "a", "backend=" + other);
        assumeTrue(
                !early.err().contains("does not work") && !early.err().contains("one that this node has"), early.err());
        assertThat(early.err()).contains("is running: stop it");
        if (other == BackendKind.KVM && lock == null) {
            lock = QemuLock.take();
        }
        ok("stop", "x", "--slice", "a", "--grace", "0");
        for (BackendKind next : List.of(other, kind)) {
            ok("set", "x", "--slice", "a", "backend=" + next);
            ok("start", "x", "--slice", "a");
            InstanceView x = subject();
            assertThat(x.status().backend()).isEqualTo(next);
            assertThat(x.ports()).isEqualTo(ports);
            assertThat(x.kernel().orElseThrow().addresses()).containsExactly("10.0.0.2");
            assertThat(inside("x", "cat /root/kept; stat -c '%u %g %a' /root/kept; ls /etc/hosts")
                            .out())
                    .isEqualTo("kept\n7 8 640\n");
            assertThat(reaches("peer", "10.0.0.2")).isTrue();
            inside("x", "sync");
            ok("stop", "x", "--slice", "a", "--grace", "60");
        }
        ok("start", "x", "--slice", "a");
    }

    @Test
    @Order(9)
    void nothingOfItIsLeft() throws Exception {
        int pid = subject().status().pid().orElseThrow();
        ok("delete", "x", "--slice", "a", "--force");
        assertThat(Pids.alive(pid)).isFalse();
        for (Port port : ports) {
            assertThat(Path.of("/sys/class/net", port.hostDevice())).doesNotExist();
        }
        List<Path> left = new ArrayList<>();
        for (Path place : List.of(node.state(), node.run())) {
            try (Stream<Path> files = Files.find(
                    place,
                    3,
                    (file, attributes) -> String.valueOf(file.getFileName()).equals("a.x"))) {
                files.forEach(left::add);
            }
        }
        assertThat(left).isEmpty();
        assertThat(new Group(node.name + "/a/x").exists()).isFalse();
        assertThat(new Group(node.name + "/a/x." + kind).exists()).isFalse();
    }
}
