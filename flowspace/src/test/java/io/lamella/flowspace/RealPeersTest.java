package io.lamella.flowspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lamella.model.FlowSpace;
import io.lamella.model.FlowSpacePermission;
import io.lamella.model.FlowSpaceRule;
import io.lamella.model.FlowSpaceSlice;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two os-ken controllers share one Open vSwitch, with real packets. */
class RealPeersTest {
    private static final Path MANAGER = Path.of("/usr/bin/osken-manager");

    @TempDir
    Path directory;

    private static int freePort() throws Exception {
        try (ServerSocket s = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return s.getLocalPort();
        }
    }

    private static FlowSpaceSlice slice(String name, int controller, Map<String, String> match) {
        return FlowSpaceSlice.of(
                name,
                List.of("tcp:127.0.0.1:" + controller),
                List.of(new FlowSpaceRule(Optional.empty(), Optional.empty(), FlowSpacePermission.READ_WRITE, match)));
    }

    private void learningSwitch(RealSwitch real, String name, String version, int port) throws Exception {
        assumeTrue(Files.isExecutable(MANAGER), "python3-os-ken is not installed");
        Path app = directory.resolve("learning_switch.py");
        try (InputStream in = RealPeersTest.class.getResourceAsStream("learning_switch.py")) {
            Files.write(app, in.readAllBytes());
        }
        real.start(
                name,
                Map.of("OPENFLOW", version),
                MANAGER.toString(),
                "--ofp-listen-host",
                "127.0.0.1",
                "--ofp-tcp-listen-port",
                Integer.toString(port),
                app.toString());
    }

    @ParameterizedTest
    @CsvSource({"1.3, OpenFlow13", "1.0, OpenFlow10"})
    void twoControllersShareOneSwitch(String version, String protocol) throws Exception {
        int a = freePort();
        int b = freePort();
        int switches = freePort();
        FlowSpace flowSpace = new FlowSpace(
                List.of("tcp:127.0.0.1:" + switches),
                List.of(),
                List.of(slice("a", a, Map.of("in_port", "1-2")), slice("b", b, Map.of("in_port", "3-4"))));
        try (RealSwitch real = new RealSwitch(directory);
                Proxy proxy = new Proxy(flowSpace, false)) {
            assertThat(proxy.addresses()).hasSize(1);
            learningSwitch(real, "a", version, a);
            learningSwitch(real, "b", version, b);
            for (int port = 1; port <= 4; port++) {
                real.guest(port, "10.0.0." + (port % 2 == 0 ? 2 : 1) + "/24"); // the same addresses twice
            }
            real.controller(protocol, switches);
            Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                assertThat(real.log("a")).contains("ports 1 2");
                assertThat(real.log("b")).contains("ports 3 4");
            });
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> real.pings(1, "10.0.0.2"));
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> real.pings(3, "10.0.0.2"));
            assertThat(real.log("a"))
                    .filteredOn(l -> l.startsWith("packet"))
                    .isNotEmpty()
                    .allMatch(l -> l.startsWith("packet 1 ") || l.startsWith("packet 2 "))
                    .noneMatch(l -> l.contains(real.mac(3)) || l.contains(real.mac(4)));
            assertThat(real.log("b"))
                    .filteredOn(l -> l.startsWith("packet"))
                    .isNotEmpty()
                    .allMatch(l -> l.startsWith("packet 3 ") || l.startsWith("packet 4 "));
            assertThat(real.log("a")).noneMatch(l -> l.startsWith("error"));
            assertThat(real.log("b")).noneMatch(l -> l.startsWith("error"));
            // What is in the switch names a port of the slice that it came from.
            assertThat(real.ofctl(protocol, "dump-flows").lines().filter(l -> l.contains("cookie=")))
                    .isNotEmpty()
                    .allMatch(l -> l.contains("cookie=0x1000")
                            ? l.matches(".*in_port=\"?[^, ]*[p=]?[12]\"?[, ].*")
                            : l.contains("cookie=0x2000") && l.matches(".*in_port=\"?[^, ]*[p=]?[34]\"?[, ].*"));
        }
    }

    /** One slice that owns everything: what its controller says reaches the switch as it is. */
    @Test
    void aSliceThatOwnsAllHasTheSwitchForItself() throws Exception {
        int a = freePort();
        int switches = freePort();
        FlowSpace flowSpace =
                new FlowSpace(List.of("tcp:127.0.0.1:" + switches), List.of(), List.of(slice("a", a, Map.of())));
        try (RealSwitch real = new RealSwitch(directory);
                Proxy proxy = new Proxy(flowSpace, false)) {
            assertThat(proxy.addresses()).hasSize(1);
            learningSwitch(real, "a", "1.3", a);
            real.guest(1, "10.0.0.1/24");
            real.guest(2, "10.0.0.2/24");
            real.controller("OpenFlow13", switches);
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> real.pings(1, "10.0.0.2"));
            String mac = real.mac(1);
            assertThat(real.ofctl("OpenFlow13", "dump-flows").lines().filter(l -> l.contains("dl_dst=" + mac)))
                    .hasSize(1)
                    .allMatch(l -> l.contains("priority=1,"));
            assertThat(real.ofctl("OpenFlow13", "dump-flows").lines().filter(l -> l.contains("priority=0")))
                    .hasSize(1)
                    .allMatch(l -> l.contains("priority=0 actions=CONTROLLER:65535"));
        }
    }
}
