package io.lamella.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lamella.model.Refusal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With real private daemons. */
class SwitchDaemonTest {
    @TempDir
    Path folder;

    private Switches switches;

    @BeforeEach
    void open() throws Exception {
        switches = new Switches(folder);
    }

    @AfterEach
    void close() throws Exception {
        if (switches != null) {
            switches.close();
        }
    }

    private Path run(String file) {
        return switches.settings.runDirectory().resolve("ovs").resolve(file);
    }

    private Path database() {
        return switches.settings.stateDirectory().resolve("ovs/conf.db");
    }

    @Test
    void startsAPrivatePairInItsOwnFoldersAndRemovesItsTraces() throws Exception {
        SwitchDaemon daemon = switches.daemon();
        assertThat(daemon.state()).isEqualTo("there is no switch: it has not been started");
        daemon.start();
        daemon.start();
        assertThat(daemon.state()).isEqualTo("private");
        assertThat(daemon.databaseSocket()).isEqualTo(run("db.sock"));
        assertThat(daemon.managementSocket("br")).isEqualTo(run("br.mgmt"));
        assertThat(switches.vsctl(daemon, "show")).doesNotContain("fail");
        long server = switches.pid("ovsdb-server");
        long forwarder = switches.pid("ovs-vswitchd");
        for (long pid : new long[] {server, forwarder}) {
            // A session of its own: neither our death nor our process group's reaches it.
            String[] stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"))
                    .split(" ");
            assertThat(stat[5]).isNotEqualTo(sessionOf("self"));
        }
        assertThat(Path.of("/run/openvswitch")).doesNotExist();
        daemon.stop();
        assertThat(daemon.state()).contains("stopped");
        for (long pid : new long[] {server, forwarder}) {
            // Init may take a moment to reap it.
            await().until(() -> ProcessHandle.of(pid).isEmpty());
        }
        assertThat(run(".")).doesNotExist();
        assertThat(database().getParent()).doesNotExist();
        daemon.stop();
    }

    private static String sessionOf(String pid) throws Exception {
        return Files.readString(Path.of("/proc", pid, "stat")).split(" ")[5];
    }

    @Test
    void findsTheRunningPairAgain() throws Exception {
        SwitchDaemon first = switches.daemon();
        first.start();
        long server = switches.pid("ovsdb-server");
        long forwarder = switches.pid("ovs-vswitchd");
        first.close();
        SwitchDaemon second = switches.daemon();
        second.start();
        assertThat(second.state()).isEqualTo("private");
        assertThat(switches.pid("ovsdb-server")).isEqualTo(server);
        assertThat(switches.pid("ovs-vswitchd")).isEqualTo(forwarder);
    }

    @Test
    void restartsWhateverDiesAndTells() throws Exception {
        SwitchDaemon daemon = switches.daemon();
        AtomicInteger restarts = new AtomicInteger();
        daemon.onRestart(() -> {
            throw new IllegalStateException("a listener's defect");
        });
        daemon.onRestart(restarts::incrementAndGet);
        daemon.start();
        long forwarder = switches.pid("ovs-vswitchd");
        Switches.kill(forwarder);
        await().atMost(Duration.ofSeconds(20)).until(() -> restarts.get() == 1);
        assertThat(switches.pid("ovs-vswitchd")).isNotEqualTo(forwarder);

        long server = switches.pid("ovsdb-server");
        Switches.kill(server);
        await().atMost(Duration.ofSeconds(20)).until(() -> restarts.get() == 2);
        assertThat(switches.pid("ovsdb-server")).isNotEqualTo(server);
        assertThat(daemon.state()).isEqualTo("private");
        assertThat(switches.vsctl(daemon, "show")).doesNotContain("fail");
    }

    @Test
    void removesTheDevicesOfAKilledPair() throws Exception {
        SwitchDaemon daemon = switches.daemon();
        daemon.start();
        try (Bridge bridge = new Bridge(daemon, switches.bridge)) {
            bridge.ensure();
        }
        daemon.close();
        Switches.kill(switches.pid("ovs-vswitchd"));
        Switches.kill(switches.pid("ovsdb-server"));
        daemon.stop();
        assertThat(Path.of("/sys/class/net", switches.bridge)).doesNotExist();
        assertThat(Path.of("/sys/class/net/ovs-netdev")).doesNotExist();
    }

    @Test
    void takesNoNoticeOfStaleFiles() throws Exception {
        Files.createDirectories(run("."));
        // The number of a process that is something else.
        Files.writeString(run("ovsdb-server.pid"), ProcessHandle.current().pid() + "\n");
        Files.writeString(run("ovs-vswitchd.pid"), "not a number");
        Files.writeString(run("db.sock"), "not a socket");
        SwitchDaemon daemon = switches.daemon();
        daemon.start();
        assertThat(daemon.state()).isEqualTo("private");
        assertThat(switches.pid("ovsdb-server"))
                .isNotEqualTo(ProcessHandle.current().pid());
        assertThat(switches.vsctl(daemon, "show")).doesNotContain("fail");
    }

    @Test
    void startsAgainAfterAPowerCut() throws Exception {
        SwitchDaemon first = switches.daemon();
        first.start();
        first.close();
        Switches.kill(switches.pid("ovs-vswitchd"));
        Switches.kill(switches.pid("ovsdb-server"));
        SwitchDaemon second = switches.daemon();
        await().until(() -> !running("ovsdb-server") && !running("ovs-vswitchd"));
        second.start();
        assertThat(second.state()).isEqualTo("private");
        assertThat(switches.vsctl(second, "show")).doesNotContain("fail");
    }

    private boolean running(String program) throws Exception {
        return ProcessHandle.of(switches.pid(program))
                .filter(ProcessHandle::isAlive)
                .isPresent();
    }

    @Test
    void movesACorruptDatabaseAside() throws Exception {
        Files.createDirectories(database().getParent());
        Files.writeString(database(), "\u0000 this is no database");
        SwitchDaemon daemon = switches.daemon();
        daemon.start();
        assertThat(daemon.state()).isEqualTo("private");
        assertThat(database().resolveSibling("conf.db.unusable")).hasContent("\u0000 this is no database");
    }

    @Test
    void startsOnATruncatedAndOnAnEmptyDatabase() throws Exception {
        SwitchDaemon daemon = switches.daemon();
        daemon.start();
        assertThat(switches.vsctl(daemon, "--no-wait", "add-br", "x")).isEmpty();
        daemon.close();
        for (int keep : new int[] {1, 2}) {
            Switches.kill(switches.pid("ovs-vswitchd"));
            Switches.kill(switches.pid("ovsdb-server"));
            await().until(() -> !running("ovsdb-server") && !running("ovs-vswitchd"));
            byte[] content = Files.readAllBytes(database());
            Files.write(database(), keep == 1 ? java.util.Arrays.copyOf(content, content.length - 10) : new byte[0]);
            SwitchDaemon again = switches.daemon();
            again.start();
            assertThat(again.state()).isEqualTo("private");
            assertThat(switches.vsctl(again, "--no-wait", "show")).doesNotContain("fail");
            again.close();
        }
    }

    @Test
    void convertsADatabaseOfAnOlderSchema() throws Exception {
        Files.createDirectories(database().getParent());
        Path old = folder.resolve("old.ovsschema");
        Files.writeString(old, """
                {"name": "Open_vSwitch", "version": "7.0.0", "tables": {"Open_vSwitch": {"columns": {
                 "next_cfg": {"type": "integer"}, "old_column": {"type": "string"}}, "isRoot": true, "maxRows": 1}}}
                """);
        Switches.run("ovsdb-tool", "create", database().toString(), old.toString());
        SwitchDaemon daemon = switches.daemon();
        daemon.start();
        assertThat(daemon.state()).isEqualTo("private");
        assertThat(switches.vsctl(daemon, "--no-wait", "show")).doesNotContain("fail");
        assertThat(database().resolveSibling("conf.db.unusable")).doesNotExist();
    }

    @Test
    void usesTheSystemsSwitchWhereOneRunsAndLeavesItAlone() throws Exception {
        SwitchDaemon system = switches.daemon();
        system.start();
        SwitchDaemon daemon = switches.daemon(new SwitchSettings(
                folder.resolve("other"), folder.resolve("other-state"), system.databaseSocket(), "br"));
        AtomicInteger restarts = new AtomicInteger();
        daemon.onRestart(restarts::incrementAndGet);
        daemon.start();
        assertThat(daemon.state()).isEqualTo("shared");
        assertThat(daemon.databaseSocket()).isEqualTo(system.databaseSocket());
        assertThat(daemon.managementSocket("br")).isEqualTo(system.managementSocket("br"));
        Switches.kill(switches.pid("ovs-vswitchd"));
        await().atMost(Duration.ofSeconds(20)).until(() -> restarts.get() > 0);
        assertThat(daemon.state()).isEqualTo("shared");
        daemon.stop();
        assertThat(running("ovs-vswitchd")).isTrue();
        assertThat(folder.resolve("other")).doesNotExist();
    }

    @Test
    void saysInOneSentenceWhyThereIsNoSwitch() throws Exception {
        Path blocked = Files.createFile(folder.resolve("file"));
        SwitchDaemon daemon = switches.daemon(
                new SwitchSettings(blocked, blocked, switches.settings.systemSocket(), switches.bridge));
        daemon.start();
        assertThat(daemon.state()).startsWith("there is no switch: its folder cannot be made: ");
        assertThatThrownBy(daemon::demand)
                .isInstanceOfSatisfying(
                        Refusal.class, e -> assertThat(e.reason()).isEqualTo(Refusal.Reason.UNAVAILABLE));
        assertThat(Tool.missing("ovs-vswitchd").getMessage())
                .isEqualTo("there is no switch: ovs-vswitchd is not installed (Debian package openvswitch-switch)");
    }
}
