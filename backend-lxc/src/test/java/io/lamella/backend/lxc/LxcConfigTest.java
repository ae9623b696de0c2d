package io.lamella.backend.lxc;

import static org.assertj.core.api.Assertions.assertThat;

import io.lamella.model.IdRange;
import io.lamella.model.Ipv4;
import io.lamella.model.MacAddress;
import io.lamella.model.Port;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class LxcConfigTest {
    private static final LxcSettings SETTINGS = new LxcSettings(Path.of("/var/lib/lamella/lxc"), "lamella");

    private static LxcConfig config(InitSystem init, boolean unified, boolean appArmor, Port... ports) {
        return new LxcConfig(
                Unit.of(SETTINGS, "a.one"),
                new IdRange(1_065_536, 65_536),
                new InitSystem.Found("/sbin/init", init),
                Map.of("pids.max", "50"),
                unified,
                List.of(ports),
                appArmor,
                Path.of("/seccomp"));
    }

    private static Port port(int index, String address, int prefix) {
        return new Port(
                new UUID(1, 2),
                "a",
                "net",
                "one",
                index,
                new MacAddress(0x02_00_00_00_00_01L),
                Ipv4.parse("address", address),
                prefix,
                1,
                1);
    }

    @Test
    void namesAllPlaces() {
        assertThat(config(InitSystem.SYSTEMD, true, false).text().lines())
                .contains(
                        "lxc.rootfs.path = dir:/var/lib/lamella/lxc/a.one/rootfs",
                        "lxc.uts.name = one",
                        "lxc.idmap = u 0 1065536 65536",
                        "lxc.idmap = g 0 1065536 65536",
                        "lxc.cgroup.dir.container = lamella/a/one",
                        "lxc.cgroup.dir.monitor = lamella/a/one.monitor",
                        "lxc.cgroup2.pids.max = 50",
                        "lxc.signal.halt = SIGRTMIN+3",
                        "lxc.net.0.type = empty",
                        "lxc.apparmor.profile = unconfined")
                .noneMatch(line -> line.contains("lxc.include") || line.contains("hook"));
    }

    @Test
    void limitsGoToTheVersionThatHasThem() {
        assertThat(config(InitSystem.OTHER, false, true).text())
                .contains("lxc.cgroup.pids.max = 50")
                .contains("lxc.apparmor.profile = generated");
    }

    @Test
    void everyPortIsADevice() {
        assertThat(config(InitSystem.OTHER, false, false, port(0, "10.0.0.2", 24), port(1, "192.0.2.1", 31))
                        .text()
                        .lines()
                        .filter(line -> line.startsWith("lxc.net.")))
                .containsExactly(
                        "lxc.net.0.type = phys",
                        "lxc.net.0.link = lp000000000000",
                        "lxc.net.0.name = eth0",
                        "lxc.net.0.flags = up",
                        "lxc.net.0.ipv4.address = 10.0.0.2/24 10.0.0.255",
                        "lxc.net.1.type = phys",
                        "lxc.net.1.link = lp000000000000",
                        "lxc.net.1.name = eth1",
                        "lxc.net.1.flags = up",
                        "lxc.net.1.ipv4.address = 192.0.2.1/31");
    }

    @Test
    void tellsLaterWhatItWasWrittenFor() {
        for (InitSystem init : InitSystem.values()) {
            assertThat(LxcConfig.initOf(config(init, false, false).text())).isEqualTo(init);
        }
        assertThat(LxcConfig.initOf("")).isEqualTo(InitSystem.OTHER);
    }
}
