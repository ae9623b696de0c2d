package io.lamella.openflow;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Assumptions;

/** A real Open vSwitch on a database and sockets of its own, with one bridge on the userspace datapath. */
final class PrivateSwitch implements AutoCloseable {
    private static final Path SCHEMA = Path.of("/usr/share/openvswitch/vswitch.ovsschema");

    private static final Path LOCK = Path.of(System.getProperty("java.io.tmpdir"), "lamella-switch-tests.lock");
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(2);

    private final Path directory;
    private final FileChannel turn;
    final String bridge;
    private final List<Process> processes = new ArrayList<>();

    PrivateSwitch(Path directory) throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
        assumeTrue(Files.exists(SCHEMA), "needs openvswitch-switch");
        this.directory = directory;
        turn = turn();
        bridge = "lamof" + Long.toHexString(System.nanoTime() & 0xfffffff);
        run("ovsdb-tool", "create", path("conf.db"), SCHEMA.toString());
        start("ovsdb-server", path("conf.db"), "--remote=punix:" + path("db.sock"));
        await("db.sock");
        run("ovs-vsctl", "--db=unix:" + path("db.sock"), "--no-wait", "init");
        startDaemon();
        run(
                "ovs-vsctl",
                "--db=unix:" + path("db.sock"),
                "add-br",
                bridge,
                "--",
                "set",
                "bridge",
                bridge,
                "datapath_type=netdev",
                "fail_mode=secure");
        awaitBridge();
    }

    /** A network namespace has one userspace datapath at most: builds that run at the same time take turns. */
    private static FileChannel turn() throws Exception {
        FileChannel channel = FileChannel.open(LOCK, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        long deadline = System.nanoTime() + LONGEST_WAIT.toNanos();
        while (channel.tryLock() == null) {
            if (System.nanoTime() > deadline) {
                channel.close();
                Assumptions.abort("another build has not finished its tests of the switch");
            }
            Thread.sleep(50);
        }
        return channel;
    }

    private void awaitBridge() throws Exception {
        try {
            await(bridge + ".mgmt");
        } catch (ConditionTimeoutException e) {
            String log = Files.readString(directory.resolve("ovs-vswitchd.log"));
            close();
            assumeTrue(!log.contains("failed to open datapath"), "another switch daemon has the userspace datapath");
            throw e;
        }
    }

    void startDaemon() {
        start("ovs-vswitchd", "unix:" + path("db.sock"), "--disable-system");
    }

    void killDaemon() throws InterruptedException {
        Process daemon = processes.removeLast();
        daemon.destroyForcibly();
        daemon.waitFor();
    }

    UnixDomainSocketAddress address() {
        return UnixDomainSocketAddress.of(path(bridge + ".mgmt"));
    }

    String ofctl(String command, String... arguments) {
        List<String> line = new ArrayList<>(List.of("ovs-ofctl", "-O", "OpenFlow13", "--no-stats", command));
        line.add("unix:" + path(bridge + ".mgmt"));
        line.addAll(Arrays.asList(arguments));
        return run(line.toArray(String[]::new));
    }

    private String path(String name) {
        return directory.resolve(name).toString();
    }

    private void await(String socket) {
        Awaitility.await().until(() -> Files.exists(directory.resolve(socket)));
    }

    private ProcessBuilder builder(String... line) {
        ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
        builder.environment().put("OVS_RUNDIR", directory.toString());
        builder.environment().put("OVS_LOGDIR", directory.toString());
        return builder;
    }

    private void start(String... line) {
        try {
            processes.add(builder(line)
                    .redirectOutput(directory.resolve(line[0] + ".log").toFile())
                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String run(String... line) {
        try {
            Process process = builder(line).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(String.join(" ", line) + ": " + output);
            }
            return output;
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What Open vSwitch itself reads in a message. */
    static String print(byte[] message) throws IOException {
        Process process = new ProcessBuilder(
                        "ovs-ofctl", "ofp-print", HexFormat.of().formatHex(message), "2")
                .redirectErrorStream(true)
                .start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws Exception {
        if (processes.size() == 2) {
            run("ovs-vsctl", "--db=unix:" + path("db.sock"), "--timeout=10", "del-br", bridge);
        }
        for (Process process : processes.reversed()) {
            process.destroy();
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        }
        turn.close();
    }
}
