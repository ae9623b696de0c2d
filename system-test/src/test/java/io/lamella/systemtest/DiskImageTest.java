package io.lamella.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lamella.cli.InProcess;
import io.lamella.linux.Command;
import io.lamella.linux.Pids;
import io.lamella.model.InstanceState;
import io.lamella.model.InstanceView;
import io.lamella.model.Port;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
 * Disk images that a real firmware boots: one for a BIOS, without an agent, and one for UEFI, with QEMU's. In order, because
 * a boot may take long.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DiskImageTest {
    private static final String ACCELERATION = System.getProperty("lamella.acceleration", "tcg");
    /** With less the test disk's kernel for UEFI, whose places in memory are fixed, does not fit. */
    private static final String MEMORY = "256M";

    private static final long PAGES = 128;
    private static final Path POOL = Path.of("/sys/kernel/mm/hugepages/hugepages-2048kB");

    @TempDir
    static Path directory;

    private TestNode node;
    private @Nullable QemuLock lock;

    @BeforeAll
    void begin() throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"), "virtual machines and switches need root");
        for (String program : List.of(
                "qemu-system-x86_64",
                "qemu-img",
                "qemu-io",
                "sfdisk",
                "mkfs.vfat",
                "mcopy",
                "syslinux",
                "cpio",
                "qemu-ga")) {
            assumeTrue(Command.find(program).isPresent(), program + " is not installed");
        }
        for (String file : List.of(
                "/usr/share/OVMF/OVMF_CODE_4M.fd",
                "/usr/lib/syslinux/mbr/gptmbr.bin",
                "/usr/lib/systemd/boot/efi/linuxx64.efi.stub")) {
            assumeTrue(Files.exists(Path.of(file)), "there is no " + file);
        }
        Optional<Path> kernel = GuestKernels.file();
        assumeTrue(kernel.isPresent(), "no kernel for guests can be had");
        Files.setPosixFilePermissions(directory, java.nio.file.attribute.PosixFilePermissions.fromString("rwx--x--x"));
        disk("bios", kernel.get());
        disk("uefi", kernel.get(), Command.find("qemu-ga").orElseThrow().toString());
        Kernel.run("qemu-img", "convert", "-c", "-O", "qcow2", file("bios.raw"), file("bios.qcow2"));
        Path own = Files.createDirectory(directory.resolve("node"));
        node = new TestNode(own);
        Files.writeString(own.resolve("lamella.yaml"), "acceleration: " + ACCELERATION + "\n");
        lock = QemuLock.take();
        node.start();
        node.image("busybox");
        ok("slice", "create", "a", "--memory", "1G");
        ok("network", "create", "lan", "--slice", "a", "--subnet", "10.0.0.0/24");
        ok("launch", "busybox", "peer", "--slice", "a", "--network", "lan:10.0.0.9", "--memory", "64M");
    }

    private static void disk(String firmware, Path kernel, String... more) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                "bash",
                Path.of(DiskImageTest.class.getResource("/boot-disk.sh").toURI())
                        .toString(),
                file(firmware + ".raw"),
                firmware,
                kernel.toString()));
        command.addAll(List.of(more));
        Command.Result made = Command.run(Duration.ofMinutes(2), command);
        assertThat(made.ok()).as(made.error()).isTrue();
    }

    private static String file(String name) {
        return directory.resolve(name).toString();
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

    private String refused(String... words) {
        InProcess.Outcome outcome = run(words);
        assertThat(outcome.exit()).as(String.join(" ", words)).isNotZero();
        return outcome.err().lines().reduce("", (before, line) -> line);
    }

    private void printed(String instance, String... words) throws Exception {
        for (String word : words) {
            Eventually.until(
                    "its console says \"" + word + "\"",
                    () -> ok("logs", instance, "--slice", "a").contains(word));
        }
    }

    private static long free() throws IOException {
        return Long.parseLong(Files.readString(POOL.resolve("free_hugepages")).strip());
    }

    @Test
    @Order(1)
    void disksBecomeImages() throws Exception {
        ok("image", "import", file("bios.qcow2"), "bios");
        ok("image", "import", file("uefi.raw"), "uefi");
        assertThat(ok("image", "show", "bios"))
                .containsPattern("Format: +qcow2")
                .containsPattern("Firmware: +bios");
        assertThat(ok("image", "show", "uefi"))
                .containsPattern("Format: +raw")
                .containsPattern("Firmware: +uefi")
                .containsPattern("Size: +64M");
        assertThat(refused("image", "import", file("uefi.raw"), "again", "--firmware", "bios"))
                .contains("already, with firmware uefi");
        assertThat(ok("image", "list")).doesNotContain("again");
        assertThat(refused("launch", "bios", "x", "--slice", "a"))
                .contains("backend lxc cannot run this image: a container cannot run a disk image");
        Path data = Files.writeString(directory.resolve("data"), "#!/bin/sh\necho never\n");
        assertThat(refused("launch", "busybox", "x", "--slice", "a", "--user-data", data.toString()))
                .contains("is no disk image");
        Files.writeString(data, "x".repeat(70_000));
        assertThat(refused("launch", "bios", "x", "--slice", "a", "--user-data", data.toString()))
                .contains("16384");
    }

    @Test
    @Order(2)
    void aBiosBootsWithItsNameAddressAndUserData() throws Exception {
        Path data = Files.writeString(directory.resolve("data"), "#!/bin/sh\necho user data says $(hostname)\n");
        String out = ok(
                "launch",
                "bios",
                "x",
                "--slice",
                "a",
                "--backend",
                "auto",
                "--memory",
                MEMORY,
                "--cpus",
                "1",
                "--user-data",
                data.toString(),
                "--network",
                "lan:10.0.0.2");
        assertThat(out).contains("backend kvm: not lxc: a container cannot run a disk image");
        InstanceView x = node.instance("a", "x");
        assertThat(x.status().state()).isEqualTo(InstanceState.RUNNING);
        assertThat(x.kernel().orElseThrow().cpus()).isEqualTo(x.status().cpus());
        printed(
                "x",
                "firmware bios",
                "instance-id: " + x.id(),
                "local-hostname: x",
                "network up 10.0.0.2/24",
                "user data says x",
                "boots so far: 0",
                "test disk is up");
        ok("exec", "peer", "--slice", "a", "--", "ping", "-c", "1", "-W", "5", "10.0.0.2");
        assertThat(refused("exec", "x", "--slice", "a", "--", "true")).contains("no qemu-guest-agent runs");
        try (PipedInputStream typed = new PipedInputStream();
                PipedOutputStream keys = new PipedOutputStream(typed)) {
            Thread.ofVirtual().start(() -> InProcess.run(node.socket(), typed, "console", "x", "--slice", "a"));
            keys.write("echo typed $((40 + 2))\n".getBytes(StandardCharsets.UTF_8));
            keys.flush();
            printed("x", "typed 42");
        }
    }

    @Test
    @Order(3)
    void aResetBootsTheSameMachineAnew() throws Exception {
        Optional<Integer> pid = node.instance("a", "x").status().pid();
        ok("freeze", "x", "--slice", "a");
        assertThat(ok("reset", "x", "--slice", "a")).contains("a/x reset");
        assertThat(node.instance("a", "x").status().pid()).isEqualTo(pid);
        printed("x", "boots so far: 1");
        assertThat(refused("reset", "peer", "--slice", "a"))
                .contains("backend lxc cannot reset an instance: restart it with --force instead");
    }

    @Test
    @Order(4)
    void itOutlivesTheDaemonAndItsDiskOutlivesAStop() throws Exception {
        Optional<Integer> pid = node.instance("a", "x").status().pid();
        node.kill();
        node.start();
        assertThat(node.instance("a", "x").status().pid()).isEqualTo(pid);
        ok("stop", "x", "--slice", "a", "--grace", "0");
        ok("start", "x", "--slice", "a");
        printed("x", "boots so far: 2", "network up 10.0.0.2/24");
        ok("exec", "peer", "--slice", "a", "--", "ping", "-c", "1", "-W", "5", "10.0.0.2");
    }

    @Test
    @Order(5)
    void nothingOfItIsLeft() throws Exception {
        assertThat(refused("image", "delete", "bios")).contains("is used by a/x");
        InstanceView x = node.instance("a", "x");
        ok("delete", "x", "--slice", "a", "--force");
        assertThat(Pids.alive(x.status().pid().orElseThrow())).isFalse();
        for (Port port : x.ports()) {
            assertThat(Path.of("/sys/class/net", port.hostDevice())).doesNotExist();
        }
        assertThat(new Group(node.name + "/a/x.kvm").exists()).isFalse();
        for (Path place : List.of(node.state().resolve("kvm"), node.run().resolve("kvm"))) {
            try (Stream<Path> files = Files.list(place)) {
                assertThat(files).as(place.toString()).isEmpty();
            }
        }
        String digest = Stream.of(ok("image", "show", "bios").split("\\s+"))
                .filter(word -> word.startsWith("sha256:"))
                .findFirst()
                .orElseThrow()
                .substring(7);
        assertThat(node.state().resolve("images").resolve(digest)).exists();
        ok("image", "delete", "bios");
        assertThat(node.state().resolve("images").resolve(digest)).doesNotExist();
    }

    @Test
    @Order(6)
    void uefiBootsAndQemusAgentRunsCommandsInHugePages() throws Exception {
        Path wanted = POOL.resolve("nr_hugepages");
        assumeTrue(Files.isWritable(wanted), "the kernel has no huge pages of 2M");
        String before = Files.readString(wanted);
        try {
            Files.writeString(wanted, "0");
            assertThat(refused(launch("--hugepages", "2M")))
                    .contains("needs " + PAGES + " huge pages of 2M, and " + free() + " are free");
            assertThat(ok("list", "--slice", "a")).doesNotContain(" y ");
            assertThat(refused(launch("--hugepages", "512G"))).contains("no pages of that size");
            assertThat(refused("launch", "busybox", "z", "--slice", "a", "--hugepages", "yes"))
                    .contains("huge pages are for virtual machines of backend kvm");
            Files.writeString(wanted, Long.toString(PAGES + 8));
            long free = free();
            assumeTrue(free >= PAGES, "the kernel finds no memory for huge pages");
            ok(launch("--hugepages", "yes"));
            assertThat(free()).isEqualTo(free - PAGES);
            int pid = node.instance("a", "y").status().pid().orElseThrow();
            assertThat(hugeKibibytes(pid)).isEqualTo(PAGES * 2048);
            commands();
            assertThat(refused("set", "y", "--slice", "a", "memory=128M")).contains("huge pages stays as it is");
            ok("delete", "y", "--slice", "a", "--force");
            assertThat(free()).isEqualTo(free);
        } finally {
            Files.writeString(wanted, before);
        }
    }

    private static String[] launch(String... more) {
        List<String> words = new ArrayList<>(
                List.of("launch", "uefi", "y", "--slice", "a", "--backend", "kvm", "--network", "lan:10.0.0.3"));
        words.addAll(List.of("--memory", MEMORY));
        words.addAll(List.of(more));
        return words.toArray(String[]::new);
    }

    /** What the process has in huge pages of its own, as the kernel counts it (proc(5), smaps). */
    private static long hugeKibibytes(int pid) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/smaps")).stream()
                .filter(line -> line.startsWith("Private_Hugetlb:") || line.startsWith("Shared_Hugetlb:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .sum();
    }

    private void commands() throws Exception {
        printed("y", "firmware uefi", "network up 10.0.0.3/24");
        Eventually.until(
                "its agent answers",
                () -> run("exec", "y", "--slice", "a", "--", "true").exit() == 0);
        assertThat(run("exec", "y", "--slice", "a", "--", "sh", "-c", "echo to out; echo to err >&2; exit 9"))
                .isEqualTo(new InProcess.Outcome(9, "to out\n", "to err\n"));
        assertThat(ok("exec", "y", "--slice", "a", "--env", "WORD=value", "--", "sh", "-c", "echo $WORD; hostname"))
                .isEqualTo("value\ny\n");
        InProcess.Outcome echoed = InProcess.run(
                node.socket(),
                new ByteArrayInputStream("through\n".getBytes(StandardCharsets.UTF_8)),
                "exec",
                "y",
                "--slice",
                "a",
                "--",
                "cat");
        assertThat(echoed).isEqualTo(new InProcess.Outcome(0, "through\n", ""));
        assertThat(run("exec", "y", "--slice", "a", "--", "/nowhere")).satisfies(outcome -> {
            assertThat(outcome.exit()).isEqualTo(127);
            assertThat(outcome.err()).contains("guest agent says");
        });
        assertThat(refused("exec", "y", "--slice", "a", "--terminal", "--", "sh"))
                .contains("no terminal");
        assertThat(node.instance("a", "y").kernel().orElseThrow().addresses()).containsExactly("10.0.0.3");
        assertThat(node.state().resolve("kvm/a.y/uefi-variables.fd")).exists();
    }
}
