package io.lamella.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lamella.compute.Plug;
import io.lamella.linux.Links;
import io.lamella.model.Port;
import io.lamella.model.Refusal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real packets through a real switch between network namespaces; two segments have the same addresses. */
class SwitchTest {
    private static final Plug PAIR = new Plug.Pair();
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private Switches switches;
    private SwitchDaemon daemon;
    private Switch cabling;
    private final List<Guest> guests = new ArrayList<>();
    private Guest a1;
    private Guest a2;
    private Guest b1;
    private Guest b2;

    @BeforeEach
    void open(@TempDir Path folder) throws Exception {
        switches = new Switches(folder);
        assumeTrue(Switches.run("python3", "-c", "print(1)").equals("1"), "python3 is not installed");
        daemon = switches.daemon();
        daemon.start();
        cabling = new Switch(daemon, switches.bridge);
        cabling.reconcile(List::of);
        a1 = guest("a1", 1, 1, "10.0.0.2");
        a2 = guest("a2", 1, 2, "10.0.0.3");
        b1 = guest("b1", 2, 3, "10.0.0.2");
        b2 = guest("b2", 2, 4, "10.0.0.3");
    }

    @AfterEach
    void close() throws Exception {
        if (cabling != null) {
            cabling.disconnect(ports());
            cabling.close();
        }
        for (Guest guest : guests) {
            guest.close();
        }
        if (switches != null) {
            switches.close();
        }
    }

    private Guest guest(String name, int segment, int number, String address) throws Exception {
        Guest guest = new Guest(name, segment, number, address);
        guests.add(guest);
        return guest;
    }

    private List<Port> ports() {
        return guests.stream().map(guest -> guest.port).toList();
    }

    private void launch(Guest... launched) throws Exception {
        for (Guest guest : launched) {
            List<Port> port = List.of(guest.port);
            cabling.prepare(port, PAIR);
            guest.boot();
            cabling.connect(port);
        }
    }

    private void launchAll() throws Exception {
        launch(a1, a2, b1, b2);
    }

    private List<String> flows() throws Exception {
        return Switches.run(
                        "ovs-ofctl",
                        "-O",
                        "OpenFlow13",
                        "--no-stats",
                        "dump-flows",
                        "unix:" + daemon.managementSocket(switches.bridge))
                .lines()
                .map(String::strip)
                .sorted()
                .toList();
    }

    private void ofctl(String command, String argument) throws Exception {
        assertThat(Switches.run(
                        "ovs-ofctl",
                        "-O",
                        "OpenFlow13",
                        command,
                        "unix:" + daemon.managementSocket(switches.bridge),
                        argument))
                .isEmpty();
    }

    private static String arp(String to, String source, String sender, String senderIp, String target) {
        return to + source + "0806" + "0001080006040001" + sender + senderIp + "000000000000" + target;
    }

    /** An IPv4 packet with an empty UDP datagram from port 1 to port 9 (discard). */
    private static String ip(String to, String source, String senderIp, String target) {
        return to + source + "0800" + "4500001c00004000" + "4011" + "0000" + senderIp + target + "0001000900080000";
    }

    @Test
    void framesStayInTheirSegmentAndSpoofedOnesGoNowhere() throws Exception {
        launchAll();
        String all = "ffffffffffff";
        String own = a1.mac();
        String address = a1.address();
        List<String> legal = List.of(
                arp(all, own, own, address, "0a000063"),
                arp(all, own, own, "00000000", address),
                arp(b1.mac(), own, own, address, b1.address()),
                ip(all, own, address, "ffffffff"),
                ip("01005e000001", own, address, "e0000001"),
                ip(b2.mac(), own, address, b2.address()));
        List<String> refused = List.of(
                ip(a2.mac(), b1.mac(), address, a2.address()),
                ip(all, b1.mac(), address, "ffffffff"),
                ip(a2.mac(), own, "0a000009", a2.address()),
                ip(all, own, "0a000009", "ffffffff"),
                ip(all, own, "00000000", "ffffffff"),
                arp(all, own, b1.mac(), address, "0a000063"),
                arp(all, own, own, "0a000009", "0a000063"),
                arp(all, own, own, "00000000", "0a000009"),
                arp(all, b1.mac(), b1.mac(), address, "0a000063"),
                ip(all, own + "81000005", address, "ffffffff"),
                ip(all, own + "81000000", address, "ffffffff"),
                ip(a2.mac(), own + "88a80005", address, a2.address()),
                "333300000001" + own + "86dd" + "60000000" + "0000" + "3b40" + "00".repeat(32),
                all + own + "8035" + "0001080006040003" + own + address + own + address,
                all + own + "88cc" + "00".repeat(46),
                all + own + "0005" + "00".repeat(46));

        long a2Before = a2.received();
        long b1Before = b1.received();
        long b2Before = b2.received();
        a1.send(legal);
        // The first four broadcasts and multicasts; what is for a foreign segment's address is for nobody.
        await().atMost(PATIENCE).until(() -> a2.received() >= a2Before + 4);
        long refusedBefore = cabling.refusedFrames().getOrDefault(1, 0L);
        a1.send(refused);
        await().atMost(PATIENCE)
                .until(() -> cabling.refusedFrames().getOrDefault(1, 0L) >= refusedBefore + refused.size());
        assertThat(a2.received()).isEqualTo(a2Before + 4);
        assertThat(b1.received()).isEqualTo(b1Before);
        assertThat(b2.received()).isEqualTo(b2Before);
        assertThat(cabling.refusedFrames()).containsOnlyKeys(1, 2, 3, 4);
    }

    @Test
    void guestsReachEachOtherWithinTheirSegmentOnly() throws Exception {
        launchAll();
        assertThat(a1.reaches(a2)).isTrue();
        assertThat(a2.reaches(a1)).isTrue();
        assertThat(b1.reaches(b2)).isTrue();
        assertThat(a1.neighbour(a2)).contains(a2.port.mac().toString());
        assertThat(b1.neighbour(b2)).contains(b2.port.mac().toString());
        assertThat(b1.in("arping", "-c", "2", "-i", "eth0", b2.port.address().toString()))
                .contains(b2.port.mac().toString())
                .doesNotContain(a2.port.mac().toString());

        Guest lonely = guest("c1", 3, 5, "10.0.0.4");
        launch(lonely);
        assertThat(lonely.reaches(a1)).isFalse();
        assertThat(lonely.received()).isZero();
    }

    @Test
    void nothingOfOneSegmentIsSeenInTheOther() throws Exception {
        launchAll();
        Process capture = new ProcessBuilder(b1.command("tcpdump", "-i", "eth0", "-Q", "in", "-n", "-l"))
                .redirectErrorStream(true)
                .start();
        try (var output = capture.inputReader()) {
            String line = output.readLine();
            while (!line.contains("listening")) {
                line = output.readLine();
            }
            a1.in("ping", "-c", "3", "-i", "0.2", "-b", "10.0.0.255");
            a1.in("arping", "-c", "2", "-i", "eth0", "10.0.0.2");
            assertThat(a1.reaches(a2)).isTrue();
            capture.toHandle().destroy();
            assertThat(output.lines().toList())
                    .anyMatch(l -> l.startsWith("0 packets captured"))
                    .noneMatch(l -> l.contains("10.0.0."));
        } finally {
            capture.destroyForcibly().waitFor();
        }
    }

    @Test
    void trafficFlowsAgainAfterTheSwitchWasKilled() throws Exception {
        launchAll();
        List<String> before = flows();
        assertThat(a1.reaches(a2)).isTrue();
        Switches.kill(switches.pid("ovs-vswitchd"));
        await().atMost(PATIENCE).ignoreExceptions().until(() -> a1.reaches(a2) && b1.reaches(b2));
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(flows()).isEqualTo(before));
        Guest late = guest("a3", 1, 7, "10.0.0.4");
        launch(late);
        assertThat(late.reaches(a2)).isTrue();
    }

    @Test
    void aDisconnectedPortLeavesNothingAndCanComeBackAtOnce() throws Exception {
        launchAll();
        for (int i = 0; i < 5; i++) {
            cabling.disconnect(List.of(a2.port));
            assertThat(Links.exists(a2.port.hostDevice())).isFalse();
            assertThat(flows())
                    .isNotEmpty()
                    .noneMatch(flow -> flow.contains(a2.port.mac().toString()));
            launch(a2);
            a1.forget();
            assertThat(a1.reaches(a2)).as("after round %d", i).isTrue();
        }
        cabling.disconnect(ports());
        cabling.disconnect(ports());
        assertThat(flows()).isEmpty();
        assertThat(switches.vsctl(daemon, "list-ports", switches.bridge)).isEmpty();
    }

    @Test
    void aPairOfAnEndedInstanceIsMadeAnew() throws Exception {
        launchAll();
        List<Port> port = List.of(a2.port);
        cabling.prepare(port, PAIR);
        a2.boot();
        cabling.connect(port);
        a1.forget();
        assertThat(a1.reaches(a2)).isTrue();
    }

    @Test
    void whatHasDriftedIsPutRight() throws Exception {
        launchAll();
        List<String> right = flows();
        switches.vsctl(daemon, "del-port", switches.bridge, a1.port.hostDevice());
        switches.vsctl(daemon, "clear", "interface", b1.port.hostDevice(), "external_ids");
        ofctl("del-flows", "table=10");
        ofctl("add-flow", "table=0,priority=60000,in_port=3,actions=output:1,output:2");
        List<Port> running = ports();
        Port gone = guest("gone", 1, 9, "10.0.0.9").port;
        cabling.prepare(List.of(gone), PAIR);
        Port foreign = guest("foreign", 1, 10, "10.0.0.10").port;
        Links.createVeth(
                foreign.hostDevice(), foreign.guestDevice(), foreign.mac().bits());
        try {
            cabling.reconcile(() -> running);
            assertThat(flows()).isEqualTo(right);
            a1.forget();
            assertThat(a1.reaches(a2)).isTrue();
            assertThat(Links.exists(gone.hostDevice())).isFalse();
            assertThat(Links.exists(foreign.hostDevice())).isTrue();
        } finally {
            Links.delete(foreign.hostDevice());
        }
        cabling.reconcile(() -> List.of(a1.port, a2.port));
        assertThat(Links.exists(b1.port.hostDevice())).isFalse();
        assertThat(flows()).isNotEmpty().noneMatch(flow -> flow.contains("metadata=0x2"));
        assertThat(a1.reaches(a2)).isTrue();
    }

    @Test
    void aRestartedDaemonTakesOverWithoutDisturbance() throws Exception {
        launchAll();
        List<String> right = flows();
        cabling.close();
        cabling = new Switch(daemon, switches.bridge);
        assertThatThrownBy(() -> cabling.connect(List.of(b2.port)))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("has not been reconciled");
        Guest unknown = guest("a3", 1, 8, "10.0.0.8");
        cabling.disconnect(List.of(unknown.port));
        assertThat(flows()).isEqualTo(right);
        Process ping = new ProcessBuilder(a1.command(
                        "ping", "-c", "20", "-i", "0.05", a2.port.address().toString()))
                .start();
        cabling.reconcile(() -> List.of(a1.port, a2.port, b1.port, b2.port));
        assertThat(new String(ping.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
                .contains(" 20 received");
        assertThat(flows()).isEqualTo(right);
    }

    @Test
    void aDeadSwitchIsNamedAndDevicesGoNevertheless(@TempDir Path folder) throws Exception {
        SwitchDaemon none =
                new SwitchDaemon(new SwitchSettings(folder, folder, folder.resolve("absent.sock"), "lamdead"));
        try (Switch without = new Switch(none, "lamdead")) {
            assertThat(without.state()).contains("there is no switch");
            assertThat(without.datapath()).isIn("system", "netdev");
            List<Port> port = List.of(a1.port);
            assertThatThrownBy(() -> without.prepare(port, PAIR)).isInstanceOf(Refusal.class);
            assertThatThrownBy(() -> without.reconcile(List::of)).isInstanceOf(Refusal.class);
            cabling.prepare(port, PAIR);
            without.disconnect(port);
            assertThat(Files.exists(Path.of("/sys/class/net", a1.port.hostDevice())))
                    .isFalse();
        }
    }

    @Test
    void removesTheBridgeWithAllItsDevices() throws Exception {
        launch(a1, a2);
        cabling.remove();
        assertThat(Links.exists(switches.bridge)).isFalse();
        assertThat(Links.exists(a1.port.hostDevice())).isFalse();
    }

    @Test
    void portsThatClashAreRefused() throws Exception {
        launch(a1);
        Port twin = new Port(UUID.randomUUID(), "s", "n", "i", 0, a1.port.mac(), a1.port.address(), 24, 1, 9);
        cabling.prepare(List.of(twin), PAIR);
        try {
            assertThatThrownBy(() -> cabling.connect(List.of(twin)))
                    .isInstanceOf(Refusal.class)
                    .hasMessageContaining("MAC address");
        } finally {
            cabling.disconnect(List.of(twin));
        }
    }
}
