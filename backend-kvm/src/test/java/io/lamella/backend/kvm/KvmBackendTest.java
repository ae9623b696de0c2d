package io.lamella.backend.kvm;

import static org.assertj.core.api.Assertions.assertThat;

import io.lamella.compute.Backend.ExecRequest;
import io.lamella.compute.Backend.Observation;
import io.lamella.compute.InstancePlan;
import io.lamella.compute.Session;
import io.lamella.linux.Pids;
import io.lamella.model.CpuSet;
import io.lamella.model.InstanceState;
import io.lamella.model.KernelView;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real machines of QEMU. One test, one boot or a few: an emulated one takes long. */
class KvmBackendTest {
    @TempDir
    Path directory;

    @Test
    void aMachineLivesAndLeavesNothing() throws Exception {
        try (Rig rig = new Rig(directory)) {
            InstancePlan plan = rig.plan(rig.slice("a", 1), "one", CpuSet.of(1), "128M");
            assertThat(rig.backend().observe(plan.unit())).isEqualTo(Observation.STOPPED);
            rig.backend().create(plan);
            rig.backend().create(plan);
            assertThat(rig.backend().inventory()).containsExactly("a.one");

            rig.backend().start(plan);
            rig.backend().start(plan);

            Observation seen = rig.backend().observe(plan.unit());
            assertThat(seen.state()).isEqualTo(InstanceState.RUNNING);
            assertThat(seen.warning()).hasValueSatisfying(w -> assertThat(w).contains("TCG"));
            int pid = seen.pid().orElseThrow();
            commands(rig, plan);
            confinement(plan, pid);

            KernelView view = rig.backend().kernelView(plan.unit());
            assertThat(view.cpus()).isEqualTo(CpuSet.of(1));
            assertThat(view.addresses()).isEmpty();
            assertThat(rig.console(plan)).contains("hello from sysinit");

            rig.backend().freeze(plan.unit());
            assertThat(rig.backend().observe(plan.unit()).state()).isEqualTo(InstanceState.FROZEN);
            rig.backend().thaw(plan.unit());

            assertThat(rig.run(plan, "touch", "/dev/marker").exitCode()).isZero();
            rig.backend().reset(plan.unit());
            assertThat(rig.backend().observe(plan.unit()).pid()).contains(pid);
            assertThat(rig.run(plan, "ls", "/dev/marker").exitCode())
                    .as("its memory is new")
                    .isNotZero();
            assertThat(rig.run(plan, "touch", "/root/kept").exitCode()).isZero();

            rig.restarted();
            assertThat(rig.backend().observe(plan.unit()).pid()).contains(pid);
            assertThat(rig.run(plan, "hostname").output()).isEqualTo("one\n");

            rig.backend().stop(plan.unit(), Duration.ofSeconds(60));
            assertThat(Pids.alive(pid)).isFalse();
            assertThat(rig.console(plan)).contains("The system is going down");
            assertThat(rig.backend().observe(plan.unit())).isEqualTo(Observation.STOPPED);
            rig.backend()
                    .withTree(
                            plan, tree -> assertThat(tree.resolve("root/kept")).exists());

            rig.backend().delete(plan.unit());
            assertThat(rig.backend().inventory()).isEmpty();
            assertThat(rig.settings.directory().resolve("a.one")).doesNotExist();
            assertThat(rig.cgroups.exists(rig.settings.cgroupRoot() + "/a/one.kvm"))
                    .isFalse();
            try (var left = Files.list(rig.settings.run())) {
                assertThat(left).isEmpty();
            }
        }
    }

    private static void commands(Rig rig, InstancePlan plan) throws Exception {
        assertThat(rig.run(plan, "hostname")).isEqualTo(new Rig.Run(0, "one\n", ""));
        assertThat(rig.run(plan, "sh", "-c", "echo out; echo 'er'\"r\" >&2; exit 7"))
                .isEqualTo(new Rig.Run(7, "out\n", "err\n"));
        assertThat(rig.run(plan, "sh", "-c", "kill -9 $$").exitCode()).isEqualTo(137);
        assertThat(rig.run(plan, "/nowhere").exitCode()).isEqualTo(127);
        byte[] bytes = new byte[100_000];
        new java.util.Random(1).nextBytes(bytes);
        assertThat(rig.run(plan, bytes, "cat").output()).isEqualTo(new String(bytes, StandardCharsets.ISO_8859_1));
        assertThat(rig.run(plan, "sh", "-c", "ip -4 address show lo").output()).contains("inet 127.0.0.1/8");
        ExecRequest request = new ExecRequest(
                List.of("sh", "-c", "tty; stty size; read x; echo got $x; exit 3"), Map.of(), true, 91, 33);
        try (Session terminal = rig.backend().exec(plan.unit(), request)) {
            terminal.input().write("word\r".getBytes(StandardCharsets.UTF_8));
            terminal.input().flush();
            assertThat(new String(terminal.output().readAllBytes(), StandardCharsets.UTF_8))
                    .contains("/dev/pts/0", "33 91", "got word");
            assertThat(terminal.await()).isEqualTo(3);
        }
    }

    /** The process has no privilege at all, and what it may write is its own. */
    private static void confinement(InstancePlan plan, int pid) throws Exception {
        List<String> status = Files.readAllLines(Path.of("/proc/" + pid + "/status"));
        long user = plan.slice().ids().first();
        assertThat(status)
                .contains("Uid:\t" + user + "\t" + user + "\t" + user + "\t" + user)
                .contains("CapEff:\t0000000000000000", "CapBnd:\t0000000000000000", "NoNewPrivs:\t1", "Seccomp:\t2");
    }

    @Test
    void anEndThatNobodyAskedForIsReported() throws Exception {
        try (Rig rig = new Rig(directory)) {
            BlockingQueue<String> ends = new LinkedBlockingQueue<>();
            rig.backend().onExit((unit, reason) -> ends.add(unit + " " + reason));
            InstancePlan plan = rig.plan(rig.slice("a", 1), "one", CpuSet.of(0), "128M");
            rig.backend().start(plan);
            ProcessHandle.of(rig.backend().observe(plan.unit()).pid().orElseThrow())
                    .orElseThrow()
                    .destroyForcibly();
            assertThat(ends.poll(30, TimeUnit.SECONDS)).startsWith("a.one its machine ended");
            assertThat(rig.backend().observe(plan.unit()).state()).isEqualTo(InstanceState.STOPPED);
        }
    }
}
