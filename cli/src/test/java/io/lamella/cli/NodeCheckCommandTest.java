package io.lamella.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lamella.model.NodeFacts;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code lamella node check} and {@code node fragment}, without any daemon. */
class NodeCheckCommandTest {
    private static final Path CONFIG = Path.of("/proc/config.gz");

    @TempDir
    Path directory;

    private static Run run(String... words) {
        return Run.of(System.getenv(), "", words);
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }

    @Test
    void anotherKernelIsComparedByItsConfigurationAlone() throws IOException {
        String whole =
                run("node", "fragment", "-c", "kvm", "--machine", "x86_64").out();
        Path config = file("config", whole);
        Run check = run("node", "check", "--config", config.toString(), "--machine", "x86_64", "-c", "kvm");
        assertThat(check.err()).isEmpty();
        assertThat(check.code()).isZero();
        assertThat(check.out())
                .startsWith("Machine x86_64, kernel configuration of " + config)
                .doesNotContain("missing ");
        file("config", whole.replace("CONFIG_TUN=y", "# CONFIG_TUN is not set"));
        Run without = run("node", "check", "--config", config.toString(), "--machine", "x86_64", "-c", "kvm");
        assertThat(without.code()).isEqualTo(1);
        assertThat(without.out()).containsPattern("kvm +option +TUN +missing +not set +tap devices +fragment kvm.cfg");
        assertThat(without.out()).doesNotContain("VIRTIO_BLK");
        assertThat(run("node", "check", "--config", config.toString(), "--machine", "x86_64", "-c", "kvm", "--all")
                        .out())
                .contains("VIRTIO_BLK");
    }

    @Test
    void everyFormatShowsTheSameData() throws IOException {
        String config = file("config", "CONFIG_SMP=y\n").toString();
        String[] words = {"node", "check", "-c", "isolation", "--config", config, "--format", "json"};
        Run json = run(words);
        assertThat(json.code()).isEqualTo(1);
        List<?> items = Json.items(Json.object(json.out()), "items");
        assertThat(items).hasSizeGreaterThan(5);
        assertThat(json.out()).contains("NO_HZ_FULL");
        words[7] = "yaml";
        assertThat(run(words).out()).contains("- capability: isolation\n", "name: NO_HZ_FULL\n");
    }

    @Test
    void aCompressedConfigurationIsUnpacked() throws IOException {
        Path packed = directory.resolve("config.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
            out.write("CONFIG_SMP=y\n".getBytes(StandardCharsets.UTF_8));
        }
        assertThat(run("node", "check", "-c", "isolation", "--all", "--config", packed.toString())
                        .out())
                .containsPattern("isolation +option +SMP +there +y");
    }

    @Test
    void mistakesAreOneSentence() throws IOException {
        refused("one of lxc, kvm", "node", "check", "--capability", "lcx");
        refused("one of x86_64, aarch64", "node", "fragment", "--machine", "mips");
        refused(
                "cannot be read",
                "node",
                "check",
                "--config",
                directory.resolve("none").toString());
        refused("cannot be read", "node", "check", "--config", directory.toString());
        refused("line 1", "node", "check", "--config", file("bad", "hello\n").toString());
        Path cut = directory.resolve("cut.gz");
        Files.write(cut, new byte[] {0x1f, (byte) 0x8b, 8, 0, 0});
        refused("cannot be unpacked", "node", "check", "--config", cut.toString());
        refused("--machine goes with --config", "node", "check", "--machine", "aarch64");
    }

    private static void refused(String sentence, String... words) {
        Run run = run(words);
        assertThat(run.err()).startsWith("lamella: ").contains(sentence).hasLineCount(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.code()).isEqualTo(2);
    }

    /** This machine's own kernel: what the command says of it is what the kernel's files say. */
    @Test
    void thisMachineIsToldAsItIs() throws IOException {
        assumeTrue(Files.isReadable(CONFIG), "this kernel has no /proc/config.gz");
        String config;
        try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(CONFIG))) {
            config = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        Run run = run("node", "check", "--all");
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isIn(0, 1);
        for (String name :
                List.of("USER_NS", "NO_HZ_FULL", "PREEMPT_RT", "OPENVSWITCH", "CHECKPOINT_RESTORE", "MEMCG")) {
            boolean on = config.contains("\nCONFIG_" + name + "=y\n");
            boolean module = config.contains("\nCONFIG_" + name + "=m\n");
            if (!module) {
                assertThat(run.out())
                        .as(name)
                        .containsPattern("option +" + name + " +" + (on ? "there +y" : "missing.* +not set"));
            }
        }
        boolean kvm = Files.exists(Path.of("/dev/kvm"));
        assertThat(run.out()).containsPattern("device +/dev/kvm +" + (kvm ? "there" : "missing"));
        assertThat(run.out()).containsPattern("tool +setpriv +there");
    }

    /** A machine of files, whose kernel hides its configuration and has its modules in packages. */
    @Test
    void everySourceOnAMachineIsRead() throws IOException {
        write("proc/sys/kernel/osrelease", "6.12.0-vendor\n");
        write("boot/config-6.12.0-vendor", "CONFIG_OPENVSWITCH=m\n");
        write("lib/modules/6.12.0-vendor/modules.dep", "kernel/net/a/open-vswitch.ko.xz: kernel/b.ko\nveth.ko:\n");
        write("proc/filesystems", "nodev\tproc\n\text4\n");
        write("proc/cpuinfo", "processor\t: 0\nflags\t\t: fpu svm\n");
        write("proc/self/cgroup", "4:memory:/\n1:name=systemd:/\n0::/x\n");
        write("sys/fs/cgroup/unified/cgroup.controllers", "cpu pids\n");
        write("sys/module/tun/refcnt", "0");
        write("dev/kvm", "");
        Path xl = write("usr/sbin/xl", "");
        assertThat(xl.toFile().setExecutable(true)).isTrue();
        PrintStream nowhere = new PrintStream(new ByteArrayOutputStream(), false, StandardCharsets.UTF_8);
        NodeFacts facts = new NodeProbe(
                        directory, new Environment(Map.of(), System.in, nowhere, nowhere, false, false, false))
                .machine();
        assertThat(facts.kernel()).isEqualTo("6.12.0-vendor, configuration of /boot/config-6.12.0-vendor");
        assertThat(facts.config().orElseThrow().value("OPENVSWITCH")).contains("m");
        assertThat(facts.installedModules().orElseThrow()).containsExactlyInAnyOrder("open_vswitch", "veth");
        assertThat(facts.loaded()).contains("tun", "ext4");
        NodeFacts.Surroundings around = facts.surroundings().orElseThrow();
        assertThat(around.controllers()).contains("memory", "cpu", "pids").doesNotContain("");
        assertThat(around.cpuFlags()).contains("svm");
        assertThat(around.devices()).containsExactly("/dev/kvm");
        assertThat(around.tools()).containsExactly("xl");
    }

    private Path write(String name, String text) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }
}
