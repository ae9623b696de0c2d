package io.lamella.backend.xen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lamella.compute.InstancePlan;
import io.lamella.compute.Root;
import io.lamella.linux.Cgroups;
import io.lamella.model.Autostart;
import io.lamella.model.BackendKind;
import io.lamella.model.ByteSize;
import io.lamella.model.CpuRequest;
import io.lamella.model.CpuSet;
import io.lamella.model.IdRange;
import io.lamella.model.Instance;
import io.lamella.model.InstanceSpec;
import io.lamella.model.Ipv4;
import io.lamella.model.MacAddress;
import io.lamella.model.Phase;
import io.lamella.model.Port;
import io.lamella.model.Refusal;
import io.lamella.model.Slice;
import io.lamella.model.SliceSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DomainFileTest {
    private static final XenSettings SETTINGS = new XenSettings(
            Path.of("/var/lib/lamella/xen"),
            Path.of("/run/lamella/xen"),
            Path.of("/var/cache/lamella/guest"),
            "lamella",
            Optional.empty());

    private static InstancePlan plan(Optional<CpuRequest> asked, Optional<ByteSize> memory, List<Port> ports) {
        InstanceSpec spec = InstanceSpec.of(
                "one",
                "busybox",
                BackendKind.XEN,
                asked,
                Optional.of(200),
                memory,
                Optional.empty(),
                List.of(),
                Autostart.DEFAULT);
        CpuSet cpus = CpuSet.of(1, 3);
        return new InstancePlan(
                new Instance(
                        new UUID(1, 2),
                        "a",
                        spec,
                        BackendKind.XEN,
                        Optional.empty(),
                        "sha256:0",
                        cpus,
                        Phase.PRESENT,
                        true,
                        Optional.empty(),
                        Instant.EPOCH),
                new Slice(
                        new SliceSpec("a", Optional.empty(), Optional.empty(), Optional.empty()),
                        cpus,
                        new IdRange(1_065_536, 65_536),
                        Phase.PRESENT,
                        Instant.EPOCH),
                new Root.Tree(Path.of("/image"), Path.of("/derived")),
                ports,
                true);
    }

    private static String text(InstancePlan plan, boolean pvh) {
        return new DomainFile(
                        Unit.of(SETTINGS, "a.one"),
                        plan,
                        pvh,
                        Path.of("/boot/vmlinuz"),
                        Path.of("/cache/initrd"),
                        Path.of("/cache/vif"),
                        Launcher.mebibytes(plan))
                .text();
    }

    @Test
    void namesAllThatADomainIsMadeOf() {
        Port port = new Port(
                new UUID(0x0123456789abcdefL, 2),
                "a",
                "lan",
                "one",
                0,
                new MacAddress(0x02_00_00_00_00_01L),
                Ipv4.parse("address", "10.0.0.2"),
                24,
                1,
                1);
        assertThat(text(plan(Optional.empty(), Optional.empty(), List.of(port)), true)
                        .lines())
                .contains(
                        "name=\"lamella.a.one\"",
                        "type=\"pvh\"",
                        "memory=256",
                        "maxmem=256",
                        "vcpus=2",
                        "cpus=[\"1,3\",\"1,3\"]",
                        "cpu_weight=512",
                        "on_crash=\"destroy\"",
                        "vif=[\"mac=02:00:00:00:00:01,vifname=lm0123456789ab,script=/cache/vif\"]")
                .anyMatch(line -> line.startsWith("cmdline=\"console=hvc0 ") && line.contains("lamella.root=/dev/xvda"))
                .anyMatch(line ->
                        line.startsWith("disk=") && line.endsWith("target=/var/lib/lamella/xen/a.one/root.raw\"]"));
    }

    @Test
    void aCpuThatWasAskedForHasAVirtualOneOfItsOwn() {
        InstancePlan plan =
                plan(Optional.of(CpuRequest.parse("cpus", "2")), Optional.of(ByteSize.mebibytes(128)), List.of());
        assertThat(text(plan, false).lines()).contains("type=\"pv\"", "cpus=[\"1\",\"3\"]", "memory=128", "vif=[]");
    }

    @Test
    void tooLittleMemoryIsRefused() {
        assertThatThrownBy(() -> text(plan(Optional.empty(), Optional.of(ByteSize.mebibytes(32)), List.of()), true))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("at least 64M");
    }

    @Test
    void quotesWhatWouldEndAWord() {
        assertThat(DomainFile.quoted("a\"b\\c")).isEqualTo("\"a\\\"b\\\\c\"");
    }

    @Test
    void whereThereIsNoXenItSaysSoAndCleansUpAllTheSame(@TempDir Path directory) throws Exception {
        Assumptions.assumeFalse(Files.exists(Path.of("/proc/xen/capabilities")), "this machine runs on Xen");
        XenBackend backend = new XenBackend(
                new XenSettings(
                        directory.resolve("xen"),
                        directory.resolve("run"),
                        directory.resolve("cache"),
                        "lamellaxentest",
                        Optional.empty()),
                Cgroups.detect());
        assertThat(backend.probe().available()).isFalse();
        assertThat(backend.probe().detail()).isEqualTo("this machine does not run on Xen");
        Files.createDirectories(directory.resolve("xen/a.one"));
        assertThat(backend.inventory()).containsExactly("a.one");
        assertThat(backend.observe("a.one").state()).hasToString("stopped");
        backend.stop("a.one", Duration.ofSeconds(1));
        backend.delete("a.one");
        assertThat(backend.inventory()).isEmpty();
    }
}
