package io.lamella.flowspace;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Assumptions;

/** A real Open vSwitch on a database and sockets of its own, with namespaces behind its ports. */
final class RealSwitch implements AutoCloseable {
    private static final Path SCHEMA = Path.of("/usr/share/openvswitch/vswitch.ovsschema");
    private static final Path LOCK = Path.of(System.getProperty("java.io.tmpdir"), "lamella-switch-tests.lock");
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(2);

    private final Path directory;
    private final FileChannel turn;
    private final String prefix = "lfs" + Long.toHexString(System.nanoTime() & 0xfffff);
    private final List<Process> processes = new ArrayList<>();
    private final List<String> namespaces = new ArrayList<>();
    final String bridge = prefix + "br";

    RealSwitch(Path directory) throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
        assumeTrue(Files.exists(SCHEMA), "openvswitch-switch is not installed");
        this.directory = directory;
        turn = turn();
        run("ovsdb-tool", "create", path("conf.db"), SCHEMA.toString());
        start("ovsdb-server", Map.of(), "ovsdb-server", path("conf.db"), "--remote=punix:" + path("db.sock"));
        await("db.sock");
        vsctl("--no-wait", "init");
        start("ovs-vswitchd", Map.of(), "ovs-vswitchd", "unix:" + path("db.sock"), "--disable-system");
        vsctl(
                "add-br",
                bridge,
                "--",
                "set",
                "bridge",
                bridge,
                "datapath_type=netdev",
                "fail_mode=secure",
                "other-config:datapath-id=000000000000000d");
        try {
            await(bridge + ".mgmt");
        } catch (ConditionTimeoutException e) {
            close();
            Assumptions.abort("another switch daemon has the userspace datapath");
        }
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

    private String path(String name) {
        return directory.resolve(name).toString();
    }

    private void await(String socket) {
        Awaitility.await().until(() -> Files.exists(directory.resolve(socket)));
    }

    String vsctl(String... arguments) {
        List<String> line = new ArrayList<>(List.of("ovs-vsctl", "--timeout=10", "--db=unix:" + path("db.sock")));
        line.addAll(Arrays.asList(arguments));
        return run(line.toArray(String[]::new));
    }

    String ofctl(String version, String command, String... arguments) {
        List<String> line = new ArrayList<>(List.of("ovs-ofctl", "-O", version, command));
        line.add("unix:" + path(bridge + ".mgmt"));
        line.addAll(Arrays.asList(arguments));
        return run(line.toArray(String[]::new));
    }

    /** Makes a namespace with an address whose device is the switch's port of this number. */
    void guest(int port, String address) {
        String device = prefix + "p" + port;
        String name = prefix + "n" + port;
        run("ip", "netns", "add", name);
        namespaces.add(name);
        run("ip", "link", "add", device, "type", "veth", "peer", "name", "eth0", "netns", name);
        run("ip", "netns", "exec", name, "ip", "link", "set", "lo", "up");
        run("ip", "netns", "exec", name, "ip", "address", "add", address, "dev", "eth0");
        run("ip", "netns", "exec", name, "sysctl", "-qw", "net.ipv6.conf.eth0.disable_ipv6=1");
        run("ip", "netns", "exec", name, "ip", "link", "set", "eth0", "up");
        run("ip", "link", "set", device, "up");
        vsctl("add-port", bridge, device, "--", "set", "interface", device, "ofport_request=" + port);
    }

    String mac(int port) {
        return run("ip", "netns", "exec", prefix + "n" + port, "cat", "/sys/class/net/eth0/address")
                .strip();
    }

    boolean pings(int port, String address) {
        try {
            run("ip", "netns", "exec", prefix + "n" + port, "ping", "-c", "2", "-W", "2", address);
            return true;
        } catch (IllegalStateException lost) {
            return false;
        }
    }

    /** Has the switch connect to a controller. */
    void controller(String version, int port) {
        vsctl("set", "bridge", bridge, "protocols=" + version);
        vsctl("set-controller", bridge, "tcp:127.0.0.1:" + port);
        vsctl("set", "controller", bridge, "max_backoff=1000");
    }

    boolean connected() {
        return vsctl("get", "controller", bridge, "is_connected").contains("true");
    }

    /** Starts a program that ends with this switch; its output goes to a file of the name given. */
    Process start(String log, Map<String, String> environment, String... line) {
        try {
            ProcessBuilder builder = builder(line);
            builder.environment().putAll(environment);
            Process process = builder.redirectOutput(
                            directory.resolve(log + ".log").toFile())
                    .start();
            processes.add(process);
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<String> log(String name) {
        try {
            return Files.readAllLines(directory.resolve(name + ".log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ProcessBuilder builder(String... line) {
        ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
        builder.environment().put("OVS_RUNDIR", directory.toString());
        builder.environment().put("OVS_LOGDIR", directory.toString());
        return builder;
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

    @Override
    public void close() throws Exception {
        if (processes.size() >= 2) {
            vsctl("del-br", bridge);
        }
        for (Process process : processes.reversed()) {
            process.destroy();
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        }
        for (String namespace : namespaces) {
            run("ip", "netns", "delete", namespace); // and with it its devices
        }
        turn.close();
    }
}
