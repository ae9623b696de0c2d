package io.lamella.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lamella.model.Refusal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a real private switch, with real devices. */
class BridgeTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private Switches switches;
    private SwitchDaemon daemon;
    private Bridge bridge;

    @BeforeEach
    void open(@TempDir Path folder) throws Exception {
        switches = new Switches(folder);
        daemon = switches.daemon();
        daemon.start();
        bridge = new Bridge(daemon, switches.bridge);
    }

    @AfterEach
    void close() throws Exception {
        if (bridge != null) {
            bridge.close();
        }
        if (switches != null) {
            switches.close();
            assertThat(Path.of("/sys/class/net", switches.bridge)).doesNotExist();
        }
    }

    private static List<PortRow> rows(List<String> devices, int first) {
        return IntStream.range(0, devices.size())
                .mapToObj(i -> new PortRow(devices.get(i), first + i, "id-" + devices.get(i)))
                .toList();
    }

    private String column(String table, String record, String column) throws Exception {
        return switches.vsctl(daemon, "get", table, record, column);
    }

    @Test
    void makesASecureBridgeOnceAndRemovesIt() throws Exception {
        bridge.ensure();
        bridge.ensure();
        String name = switches.bridge;
        assertThat(column("Bridge", name, "fail_mode")).isEqualTo("secure");
        assertThat(column("Bridge", name, "external_ids")).isEqualTo("{lamella=\"1\"}");
        assertThat(column("Bridge", name, "other_config")).isEqualTo("{disable-in-band=\"true\"}");
        assertThat(column("Bridge", name, "protocols")).contains("OpenFlow10", "OpenFlow13", "OpenFlow15");
        assertThat(column("Bridge", name, "controller")).isEqualTo("[]");
        assertThat(column("Bridge", name, "datapath_type")).isEqualTo(bridge.datapathType());
        assertThat(bridge.datapathType())
                .isEqualTo(Files.exists(Path.of("/sys/module/openvswitch")) ? "system" : "netdev");
        assertThat(daemon.managementSocket(name)).exists();
        assertThat(Switches.run("ovs-ofctl", "-O", "OpenFlow13", "show", "unix:" + daemon.managementSocket(name)))
                .contains("LOCAL(" + name + ")");

        switches.vsctl(daemon, "set-fail-mode", name, "standalone");
        bridge.ensure();
        assertThat(column("Bridge", name, "fail_mode")).isEqualTo("secure");

        bridge.remove();
        assertThat(Path.of("/sys/class/net", name)).doesNotExist();
        assertThat(bridge.ports()).isEmpty();
        bridge.remove();
        bridge.ensure();
        assertThat(Path.of("/sys/class/net", name)).exists();
    }

    @Test
    void refusesAndSparesAForeignBridge() throws Exception {
        String name = switches.bridge;
        assertThat(switches.vsctl(daemon, "add-br", name, "--", "set", "Bridge", name, "datapath_type=netdev"))
                .isEmpty();
        List<Runnable> attempts =
                List.of(bridge::ensure, bridge::remove, () -> bridge.addPorts(List.of(new PortRow("none", 1, "x"))));
        for (Runnable attempt : attempts) {
            assertThatThrownBy(attempt::run).isInstanceOfSatisfying(Refusal.class, e -> {
                assertThat(e.reason()).isEqualTo(Refusal.Reason.CONFLICT);
                assertThat(e.getMessage()).contains(name).contains("not Lamella's");
            });
        }
        assertThat(column("Bridge", name, "fail_mode")).isEqualTo("[]");
        assertThat(switches.vsctl(daemon, "del-br", name)).isEmpty();
    }

    @Test
    void addsAwaitsListsAndRemovesPorts() throws Exception {
        bridge.ensure();
        List<String> devices = switches.veths(4);
        List<PortRow> rows = rows(devices, 100);
        bridge.addPorts(rows);
        bridge.awaitPort(devices, PATIENCE);
        assertThat(bridge.ports().values()).containsExactlyInAnyOrderElementsOf(rows);
        String ids = column("Interface", devices.getFirst(), "_uuid");
        bridge.addPorts(rows);
        bridge.awaitPort(devices, PATIENCE);
        assertThat(column("Interface", devices.getFirst(), "_uuid")).isEqualTo(ids);

        // Another number and another owner.
        bridge.addPorts(List.of(new PortRow(devices.getFirst(), 7, "other")));
        bridge.awaitPort(devices, PATIENCE);
        assertThat(bridge.ports()).containsEntry(devices.getFirst(), new PortRow(devices.getFirst(), 7, "other"));

        // A port that somebody else put on the bridge is not ours.
        String foreign = switches.veths(1).getFirst();
        assertThat(switches.vsctl(daemon, "add-port", switches.bridge, foreign)).isEmpty();
        assertThat(bridge.ports()).doesNotContainKey(foreign).hasSize(4);

        bridge.removePorts(List.of(devices.get(0), devices.get(1), foreign, "never-seen"));
        assertThat(bridge.ports()).containsOnlyKeys(devices.get(2), devices.get(3));
        assertThat(switches.vsctl(daemon, "list-ports", switches.bridge)).contains(foreign);
        assertThatThrownBy(() -> bridge.awaitPort(List.of(devices.getFirst()), PATIENCE))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining(devices.getFirst());
    }

    @Test
    void refusesInTheSwitchsOwnWords() throws Exception {
        bridge.ensure();
        PortRow absent = new PortRow(switches.bridge + "-no", 5, "a");
        bridge.addPorts(List.of(absent));
        assertThatThrownBy(() -> bridge.awaitPort(List.of(absent.device()), PATIENCE))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("cannot open " + absent.device())
                .hasMessageContaining("No such device");
        assertThat(bridge.ports().values()).containsExactly(new PortRow(absent.device(), -1, "a"));

        List<String> devices = switches.veths(2);
        bridge.addPorts(List.of(new PortRow(devices.get(0), 9, "a")));
        bridge.awaitPort(List.of(devices.get(0)), PATIENCE);
        bridge.addPorts(List.of(new PortRow(devices.get(1), 9, "b")));
        assertThatThrownBy(() -> bridge.awaitPort(List.of(devices.get(1)), PATIENCE))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("instead of 9");
        // The first is not disturbed.
        assertThat(bridge.ports()).containsEntry(devices.get(0), new PortRow(devices.get(0), 9, "a"));

        assertThat(switches.vsctl(daemon, "--no-wait", "add-br", "elsewhere", "--", "add-port", "elsewhere", "x0"))
                .isEmpty();
        assertThatThrownBy(() -> bridge.addPorts(List.of(new PortRow("x0", 4, "c"))))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("x0");
    }

    @Test
    void followsADeviceThatIsMadeAnew() throws Exception {
        bridge.ensure();
        String device = switches.veths(1).getFirst();
        PortRow row = new PortRow(device, 11, "a");
        for (int i = 0; i < 4; i++) {
            bridge.addPorts(List.of(row));
            bridge.awaitPort(List.of(device), PATIENCE);
            assertThat(bridge.ports().values()).containsExactly(row);
            assertHears(device);
            if (i % 2 == 0) {
                bridge.removePorts(List.of(device));
            }
            assertThat(Switches.run("ip", "link", "delete", device)).isEmpty();
            assertThat(Path.of("/sys/class/net", device)).doesNotExist();
            if (i % 2 == 1) {
                assertThat(bridge.ports().values()).containsExactly(new PortRow(device, -1, "a"));
            }
            switches.veth(device);
        }
    }

    /** The userspace datapath reads a device through a packet socket, which stays with a deleted device. */
    private void assertHears(String device) throws Exception {
        if (bridge.datapathType().equals("netdev")) {
            String index = Files.readString(Path.of("/sys/class/net", device, "ifindex"))
                    .strip();
            assertThat(Files.readAllLines(Path.of("/proc/net/packet")))
                    .anyMatch(line -> line.strip().split(" +")[4].equals(index));
        }
    }

    @Test
    void givesAFreedNumberToAnotherDeviceAtOnce() throws Exception {
        bridge.ensure();
        List<String> devices = switches.veths(2);
        for (int i = 0; i < 10; i++) {
            PortRow row = new PortRow(devices.get(i % 2), 5, "a");
            bridge.addPorts(List.of(row));
            bridge.awaitPort(List.of(row.device()), PATIENCE);
            assertThat(bridge.ports().values()).containsExactly(row);
            bridge.removePorts(devices);
        }
    }

    @Test
    void triesAFailedPortAnew() throws Exception {
        bridge.ensure();
        String device = "l" + switches.bridge;
        PortRow row = new PortRow(device, 11, "a");
        bridge.addPorts(List.of(row));
        assertThatThrownBy(() -> bridge.awaitPort(List.of(device), PATIENCE)).isInstanceOf(Refusal.class);
        switches.veth(device);
        bridge.addPorts(List.of(row));
        bridge.awaitPort(List.of(device), PATIENCE);
        assertHears(device);
        Switches.run("ip", "link", "delete", device);
    }

    @Test
    void startsAgainWhileAKilledSwitchStillClosesItsPorts() throws Exception {
        bridge.ensure();
        List<String> devices = switches.veths(40);
        List<PortRow> rows = rows(devices, 1);
        bridge.addPorts(rows);
        bridge.awaitPort(devices, PATIENCE);
        CountDownLatch restarts = new CountDownLatch(1);
        daemon.onRestart(restarts::countDown);
        Switches.kill(switches.pid("ovs-vswitchd"));
        assertThat(restarts.await(30, TimeUnit.SECONDS)).isTrue();
        bridge.ensure();
        bridge.addPorts(rows);
        bridge.awaitPort(devices, PATIENCE);
        assertThat(bridge.ports().values()).containsExactlyInAnyOrderElementsOf(rows);
    }

    @Test
    void keepsPortsAndNumbersWhenTheDaemonsDie() throws Exception {
        bridge.ensure();
        List<String> devices = switches.veths(3);
        List<PortRow> rows = rows(devices, 20);
        bridge.addPorts(rows);
        bridge.awaitPort(devices, PATIENCE);
        CountDownLatch restarts = new CountDownLatch(2);
        daemon.onRestart(restarts::countDown);
        Switches.kill(switches.pid("ovs-vswitchd"));
        await().atMost(PATIENCE).until(() -> restarts.getCount() == 1);
        bridge.ensure();
        bridge.addPorts(rows);
        bridge.awaitPort(devices, PATIENCE);
        assertThat(bridge.ports().values()).containsExactlyInAnyOrderElementsOf(rows);

        Switches.kill(switches.pid("ovsdb-server"));
        assertThat(restarts.await(20, TimeUnit.SECONDS)).isTrue();
        bridge.ensure();
        bridge.addPorts(rows);
        bridge.awaitPort(devices, PATIENCE);
        assertThat(bridge.ports().values()).containsExactlyInAnyOrderElementsOf(rows);
    }

    @Test
    void takesManyCallersAtOnce() throws Exception {
        List<String> devices = switches.veths(24);
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> calls = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                List<String> mine = devices.subList(i * 3, i * 3 + 3);
                int first = 100 + i * 3;
                calls.add(executor.submit(() -> {
                    bridge.ensure();
                    bridge.addPorts(rows(mine, first));
                    bridge.awaitPort(mine, PATIENCE);
                    bridge.removePorts(mine.subList(0, 1));
                }));
            }
            for (Future<?> call : calls) {
                call.get();
            }
        }
        assertThat(bridge.ports()).hasSize(16);
    }
}
