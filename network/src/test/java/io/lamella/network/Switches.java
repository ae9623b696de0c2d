package io.lamella.network;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lamella.model.Refusal;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;

/** What the system tests of this room share: a place for a private switch, devices, and their removal. */
final class Switches implements AutoCloseable {
    private static final Random RANDOM = new Random();
    private static final Path LOCK = Path.of(System.getProperty("java.io.tmpdir"), "lamella-switch-tests.lock");
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(2);

    final SwitchSettings settings;
    final String bridge;
    private final String prefix;
    private final List<String> links = new ArrayList<>();
    private final FileChannel turn;
    private final List<SwitchDaemon> daemons = new ArrayList<>();

    Switches(Path folder) throws Exception {
        Assumptions.assumeTrue(
                Files.isExecutable(Path.of("/usr/sbin/ovs-vswitchd")), "openvswitch-switch is not installed");
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "this needs root");
        turn = turn();
        byte[] bytes = new byte[3];
        RANDOM.nextBytes(bytes);
        prefix = HexFormat.of().formatHex(bytes);
        bridge = "lbr" + prefix;
        settings = new SwitchSettings(
                folder.resolve("run"), folder.resolve("state"), folder.resolve("absent/db.sock"), bridge);
    }

    /** A network namespace has one userspace datapath at most: builds that run at the same time take turns. */
    private static FileChannel turn() throws Exception {
        FileChannel channel = FileChannel.open(LOCK, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        long deadline = System.nanoTime() + LONGEST_WAIT.toNanos();
        while (channel.tryLock() == null) {
            giveUp(channel, deadline, "another build has not finished its tests of the switch");
        }
        while (!free()) {
            giveUp(channel, deadline, "another switch daemon has the userspace datapath (device ovs-netdev)");
        }
        return channel;
    }

    private static boolean free() {
        try {
            Datapath.claim();
            return true;
        } catch (Refusal e) {
            return false;
        }
    }

    private static void giveUp(FileChannel channel, long deadline, String reason) throws Exception {
        if (System.nanoTime() > deadline) {
            channel.close();
            Assumptions.abort(reason);
        }
        Thread.sleep(50);
    }

    SwitchDaemon daemon() {
        return daemon(settings);
    }

    /** A daemon whose private switch ends with the test. */
    SwitchDaemon daemon(SwitchSettings of) {
        SwitchDaemon daemon = new SwitchDaemon(of);
        daemons.add(daemon);
        return daemon;
    }

    /** Makes veth pairs, all up; returns their first ends. */
    List<String> veths(int count) throws Exception {
        List<String> made = IntStream.range(links.size(), links.size() + count)
                .mapToObj(i -> "lt" + prefix + i)
                .toList();
        links.addAll(made);
        veth(made.toArray(String[]::new));
        return made;
    }

    void veth(String... devices) throws Exception {
        StringBuilder batch = new StringBuilder();
        for (String device : devices) {
            // Promiscuous from the start, as the switch wants it: one event less for it to follow.
            String peer = "p" + device;
            batch.append("link add " + device + " type veth peer name " + peer + "\n");
            batch.append("link set " + device + " promisc on up\nlink set " + peer + " up\n");
        }
        Process process = new ProcessBuilder("ip", "-batch", "-")
                .redirectErrorStream(true)
                .start();
        try (var in = process.getOutputStream()) {
            in.write(batch.toString().getBytes(UTF_8));
        }
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }

    static String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        process.waitFor();
        return output.strip();
    }

    String vsctl(SwitchDaemon daemon, String... command) throws Exception {
        List<String> all =
                new ArrayList<>(List.of("ovs-vsctl", "--timeout=10", "--db=unix:" + daemon.databaseSocket()));
        all.addAll(List.of(command));
        return run(all.toArray(String[]::new));
    }

    long pid(String program) throws IOException {
        return Long.parseLong(
                Files.readString(settings.runDirectory().resolve("ovs").resolve(program + ".pid"))
                        .strip());
    }

    static void kill(long pid) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }

    @Override
    public void close() throws Exception {
        for (SwitchDaemon daemon : daemons) {
            daemon.stop();
        }
        for (String link : links) {
            run("ip", "link", "delete", link);
        }
        turn.close();
    }
}
