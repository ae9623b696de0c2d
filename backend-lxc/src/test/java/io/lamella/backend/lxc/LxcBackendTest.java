package io.lamella.backend.lxc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lamella.compute.Backend.Observation;
import io.lamella.compute.InstancePlan;
import io.lamella.linux.Command;
import io.lamella.model.BackendKind;
import io.lamella.model.ByteSize;
import io.lamella.model.CpuSet;
import io.lamella.model.InstanceState;
import io.lamella.model.Ipv4;
import io.lamella.model.KernelView;
import io.lamella.model.MacAddress;
import io.lamella.model.Port;
import io.lamella.model.Refusal;
import io.lamella.model.Slice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real containers on this machine. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LxcBackendTest {
    @TempDir
    Path directory;

    private Lab lab;
    private Slice a;
    private Slice b;

    @BeforeEach
    void begin() throws IOException {
        lab = new Lab(directory);
        a = lab.slice("a", 1);
        b = lab.slice("b", 2);
    }

    @AfterEach
    void end() {
        if (lab != null) {
            lab.close();
        }
    }

    @Test
    void says() {
        assertThat(lab.backend().kind()).isEqualTo(BackendKind.LXC);
        assertThat(lab.backend().probe().detail()).matches("\\d+\\.\\d+.*");
    }

    @Test
    void anInstanceLivesAndLeavesNothing() throws Exception {
        InstancePlan plan = lab.plan(a, "one");
        assertThat(lab.backend().observe(plan.unit())).isEqualTo(Observation.STOPPED);
        lab.backend().create(plan);
        lab.backend().create(plan);
        assertThat(lab.backend().inventory()).containsExactly("a.one");

        lab.backend().start(plan);
        lab.backend().start(plan);

        assertThat(lab.backend().observe(plan.unit()).state()).isEqualTo(InstanceState.RUNNING);
        await().untilAsserted(() -> assertThat(lab.console(plan)).contains("hello from sysinit"));
        assertThat(lab.run(plan, "hostname").output()).isEqualTo("one\n");
        assertThat(lab.run(plan, "ip", "address").output()).contains("inet 127.0.0.1/8");
        assertThat(lab.run(plan, "touch", "/root/kept").exitCode()).isZero();

        lab.backend().stop(plan.unit(), Duration.ofSeconds(20));
        lab.backend().stop(plan.unit(), Duration.ofSeconds(20));
        lab.assertStopped(plan);
        assertThat(lab.console(plan)).contains("The system is going down");
        assertThat(lab.backend().observe(plan.unit())).isEqualTo(Observation.STOPPED);

        lab.backend().start(plan);
        assertThat(lab.run(plan, "ls", "/root").output()).isEqualTo("kept\n");
        assertThat(lab.image.resolve("root/kept")).doesNotExist();

        lab.backend().delete(plan.unit());
        lab.backend().delete(plan.unit());
        lab.assertStopped(plan);
        assertThat(lab.settings.directory().resolve("a.one")).doesNotExist();
        assertThat(Path.of("/run/lxc/lock" + lab.settings.directory(), ".a.one"))
                .doesNotExist();
    }

    @Test
    void theDiskGoesThroughATreeWithoutLoss() throws Exception {
        assumeTrue(Command.find("rsync").isPresent(), "rsync is not installed");
        InstancePlan one = lab.started(a, "one");
        String changes =
                "echo mine > /root/kept; chown 33:44 /root/kept; chmod 4750 /root/kept; ln /root/kept /root/hard;"
                        + " ln -s /etc /root/soft; rm /etc/passwd; mkdir -p /root/d/e; chown 7 /root/d";
        assertThat(lab.run(one, "sh", "-c", changes).exitCode()).isZero();
        String look = "ls -lRn /root /etc /bin | sed 's/ [A-Z][a-z][a-z] .*[0-9] / /'; cat /root/kept";
        String before = lab.run(one, "sh", "-c", look).output();
        lab.backend().stop(one.unit(), Duration.ZERO);

        InstancePlan two = lab.plan(b, "two");
        lab.backend().withTree(one, tree -> {
            assertThat(tree.resolve("root/kept")).hasContent("mine");
            lab.backend().createFrom(two, tree);
        });
        lab.backend().start(two);
        assertThat(lab.run(two, "sh", "-c", look).output()).isEqualTo(before);
        assertThat(lab.settings.directory().resolve("b.two/upper/bin"))
                .as("what the image has")
                .doesNotExist();
        lab.backend().start(one);
        assertThat(lab.run(one, "sh", "-c", look).output()).as("the source").isEqualTo(before);
    }

    @Test
    void rootInsideIsNobodyOutside() throws Exception {
        InstancePlan one = lab.started(a, "one");
        InstancePlan two = lab.started(b, "two");
        for (InstancePlan plan : List.of(one, two)) {
            long first = plan.slice().ids().first();
            assertThat(lab.status(plan, "Uid")).startsWith(first + "\t");
            assertThat(Files.readString(Path.of("/proc/" + lab.pid(plan) + "/uid_map"))
                            .strip()
                            .split("\\s+"))
                    .containsExactly("0", Long.toString(first), "65536");
            assertThat(lab.run(plan, "id").output()).startsWith("uid=0");
            assertThat(lab.run(plan, "ls", "-ln", "/etc/passwd").output()).contains(" 0        0 ");
            assertThat(lab.status(plan, "Seccomp")).isEqualTo("2");
        }
        assertThat(a.ids().overlaps(b.ids())).isFalse();
    }

    @Test
    void noCapabilityIsLeftThatNothingNeeds() throws Exception {
        InstancePlan plan = lab.started(a, "one");
        long bounding = Long.parseLong(lab.status(plan, "CapBnd"), 16);
        for (int dropped : new int[] {14, 16, 17, 25, 27, 30, 32, 33, 34, 35, 36, 37, 38, 39, 40}) {
            assertThat(bounding >> dropped & 1).as("capability %d", dropped).isZero();
        }
        for (int kept : new int[] {0, 6, 7, 10, 12, 13, 18, 21, 22}) {
            assertThat(bounding >> kept & 1).as("capability %d", kept).isOne();
        }
        assertThat(lab.run(plan, "mknod", "/root/disk", "b", "254", "0").exitCode())
                .isNotZero();
        assertThat(lab.run(plan, "sh", "-c", "echo 1 > /proc/sys/kernel/panic").exitCode())
                .isNotZero();
        assertThat(lab.run(plan, "mount", "-t", "tmpfs", "none", "/tmp").exitCode())
                .isZero();
    }

    @Test
    void theKernelHoldsItToItsLimits() throws Exception {
        InstancePlan plan = lab.started(a, "one");
        Unit unit = Unit.of(lab.settings, plan.unit());

        KernelView view = lab.backend().kernelView(plan.unit());
        assertThat(view.cpus()).isEqualTo(CpuSet.of(0));
        assertThat(view.memoryLimit()).contains(ByteSize.mebibytes(64));
        assertThat(view.memoryUsed().bytes()).isPositive();
        assertThat(view.processes()).isBetween(1, 50);
        assertThat(view.addresses()).isEmpty();
        assertThat(lab.cgroups.cpuWeight(unit.group())).isEqualTo(200);
        assertThat(lab.cgroups.pidsLimit(unit.group())).hasValue(50);
        assertThat(lab.status(plan, "Cpus_allowed_list")).isEqualTo("0");

        // a command run inside counts as the instance's: this one wants more than 64 MiB and is killed
        var greedy = lab.run(plan, "sh", "-c", "head -c 200000000 /dev/zero | (x=$(cat | tr '\\0' x); echo $x)");
        assertThat(greedy.output().length()).isLessThan(100_000_000);
        assertThat(lab.backend().observe(plan.unit()).state()).isEqualTo(InstanceState.RUNNING);
        assertThat(lab.run(plan, "sh", "-c", "i=0; while [ $i -lt 80 ]; do sleep 1 & i=$((i+1)); done")
                        .error())
                .contains("can't fork");
    }

    @Test
    void limitsChangeUnderARunningInstance() throws Exception {
        assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "needs two CPUs");
        InstancePlan plan = lab.started(a, "one");
        InstancePlan moved = new InstancePlan(
                plan.instance().withCpus(CpuSet.of(0, 1)), plan.slice(), plan.root(), plan.ports(), false);
        lab.backend().limit(moved);
        assertThat(lab.backend().kernelView(plan.unit()).cpus()).isEqualTo(CpuSet.of(0, 1));
        assertThat(lab.status(plan, "Cpus_allowed_list")).isEqualTo("0-1");
        lab.backend().limit(plan);
        assertThat(lab.status(plan, "Cpus_allowed_list")).isEqualTo("0");
    }

    @Test
    void aFrozenInstanceThawsAndStops() {
        InstancePlan plan = lab.started(a, "one");
        lab.backend().freeze(plan.unit());
        assertThat(lab.backend().observe(plan.unit()).state()).isEqualTo(InstanceState.FROZEN);
        lab.backend().thaw(plan.unit());
        assertThat(lab.backend().observe(plan.unit()).state()).isEqualTo(InstanceState.RUNNING);
        lab.backend().freeze(plan.unit());
        lab.backend().stop(plan.unit(), Duration.ofSeconds(5));
        lab.assertStopped(plan);
        lab.backend().start(plan);
        lab.backend().freeze(plan.unit());
        lab.backend().stop(plan.unit(), Duration.ZERO);
        lab.assertStopped(plan);
    }

    private static Port port(Slice slice, String instance) {
        return new Port(
                UUID.randomUUID(),
                slice.name(),
                "net",
                instance,
                0,
                new MacAddress(0x02_00_00_00_00_01L),
                Ipv4.parse("address", "10.0.0.2"),
                24,
                1,
                1);
    }

    @Test
    void aPortsDeviceGoesInAndComesBackUnderItsOwnName() throws Exception {
        Port port = port(a, "one");
        Lab.ip("link", "add", port.hostDevice(), "type", "veth", "peer", "name", port.guestDevice());
        try {
            InstancePlan plan = lab.started(a, "one", port);
            assertThat(Lab.linkExists(port.guestDevice())).isFalse();
            assertThat(lab.backend().kernelView(plan.unit()).addresses()).containsExactly("10.0.0.2");
            String shown = lab.run(plan, "ip", "address").output();
            assertThat(shown)
                    .contains("inet 10.0.0.2/24 brd 10.0.0.255 scope global eth0")
                    .contains("inet 127.0.0.1/8");
            lab.backend().stop(plan.unit(), Duration.ZERO);
            assertThat(Lab.linkExists(port.guestDevice())).isTrue();

            lab.backend().start(plan);
            lab.run(plan, "ip", "link", "set", "eth0", "down");
            lab.run(plan, "ip", "link", "set", "eth0", "name", "lo9");
            lab.backend().stop(plan.unit(), Duration.ZERO);
            assertThat(Lab.linkExists("lo9")).isFalse();
            assertThat(Lab.linkExists(port.guestDevice())).isTrue();
        } finally {
            Lab.ip("link", "delete", port.hostDevice());
        }
    }

    @Test
    void whatCannotStartSaysWhyAndLeavesNothing() {
        InstancePlan plan = lab.plan(a, "one", port(a, "one"));
        lab.backend().create(plan);
        assertThatThrownBy(() -> lab.backend().start(plan))
                .isInstanceOf(Refusal.class)
                .hasMessageStartingWith("instance \"one\" could not be started: ")
                .hasMessageContaining(plan.ports().getFirst().guestDevice());
        lab.assertStopped(plan);
    }

    @Test
    void anImageWithoutInitIsRefused() throws IOException {
        Files.delete(lab.image.resolve("sbin/init"));
        InstancePlan plan = lab.plan(a, "one");
        lab.backend().create(plan);
        assertThatThrownBy(() -> lab.backend().start(plan))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("has no init program");
        lab.assertStopped(plan);
    }

    @Test
    void theEndOfAnInstanceIsTold() throws Exception {
        BlockingQueue<String> ends = new LinkedBlockingQueue<>();
        lab.backend().onExit((unit, reason) -> ends.add(unit + ": " + reason));
        InstancePlan one = lab.started(a, "one");
        InstancePlan two = lab.started(b, "two");
        lab.backend().stop(two.unit(), Duration.ZERO);

        ProcessHandle.of(lab.pid(one)).orElseThrow().destroyForcibly();

        assertThat(ends.poll(20, TimeUnit.SECONDS)).isEqualTo("a.one: it ended by itself");
        lab.backend().stop(one.unit(), Duration.ZERO);
        lab.assertStopped(one);
        assertThat(ends).isEmpty();
    }

    @Test
    void aRebootInsideIsNoEnd() throws Exception {
        BlockingQueue<String> ends = new LinkedBlockingQueue<>();
        lab.backend().onExit((unit, reason) -> ends.add(unit + ": " + reason));
        InstancePlan plan = lab.started(a, "one");
        int before = lab.pid(plan);
        lab.run(plan, "reboot");
        await().atMost(Duration.ofSeconds(20))
                .until(() -> lab.backend()
                        .observe(plan.unit())
                        .pid()
                        .filter(pid -> pid != before)
                        .isPresent());
        assertThat(ends).isEmpty();
        lab.backend().stop(plan.unit(), Duration.ofSeconds(5));
        assertThat(ends).isEmpty();
    }

    @Test
    void anInstanceWhoseMonitorWasKilledStartsAgain() throws Exception {
        BlockingQueue<String> ends = new LinkedBlockingQueue<>();
        lab.backend().onExit((unit, reason) -> ends.add(unit + ": " + reason));
        InstancePlan plan = lab.started(a, "one");
        ProcessHandle init = ProcessHandle.of(lab.pid(plan)).orElseThrow();
        ProcessHandle monitor = init.parent().orElseThrow();
        assertThat(Monitors.find(lab.settings.directory())).containsEntry("a.one", (int) monitor.pid());

        monitor.destroyForcibly();
        init.destroyForcibly();

        assertThat(ends.poll(20, TimeUnit.SECONDS)).isEqualTo("a.one: its LXC monitor was killed");
        assertThat(lab.backend().observe(plan.unit()).state()).isEqualTo(InstanceState.STOPPED);
        lab.backend().start(plan);
        assertThat(lab.run(plan, "true").exitCode()).isZero();
    }

    @Test
    void aRestartedDaemonFindsItsInstances() throws Exception {
        InstancePlan one = lab.started(a, "one");
        InstancePlan two = lab.started(b, "two");
        int pid = lab.pid(one);

        LxcBackend later = lab.restarted();
        BlockingQueue<String> ends = new LinkedBlockingQueue<>();
        later.onExit((unit, reason) -> ends.add(unit + ": " + reason));

        assertThat(later.inventory()).containsExactly("a.one", "b.two");
        assertThat(later.observe(one.unit())).extracting(Observation::pid).isEqualTo(Optional.of(pid));
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        assertThat(ends.poll(20, TimeUnit.SECONDS)).isEqualTo("a.one: it ended by itself");
        later.stop(two.unit(), Duration.ofSeconds(20));
        lab.assertStopped(two);
        assertThat(ends).isEmpty();
    }

    @Test
    void whatNobodyRecordedIsFound() throws IOException {
        InstancePlan plan = lab.started(a, "one");
        lab.cgroups.create(lab.settings.cgroupRoot() + "/b/group.monitor");
        Files.createDirectories(lab.settings.directory().resolve("b.directory"));
        assertThat(lab.backend().inventory()).containsExactly("a.one", "b.directory", "b.group");
        lab.backend().stop(plan.unit(), Duration.ZERO);
    }

    @Test
    void whatDoesNotRunIsRefused() {
        InstancePlan plan = lab.plan(a, "one");
        lab.backend().create(plan);
        assertThatThrownBy(() -> lab.backend().kernelView(plan.unit()))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("is not running");
        assertThatThrownBy(() -> lab.backend().freeze(plan.unit())).isInstanceOf(Refusal.class);
        assertThatThrownBy(() -> lab.backend().observe("../etc")).isInstanceOf(Refusal.class);
        lab.backend().limit(plan);
        lab.backend().stop(plan.unit(), Duration.ofSeconds(5));
    }
}
