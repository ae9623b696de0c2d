package io.lamella.microbench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A node of the benchmark's own: its daemon, on directories below one that is removed at the end. */
final class BenchmarkNode implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration END = Duration.ofSeconds(60);

    private final String name;
    private final Path home;
    private final List<String> command = new ArrayList<>();
    private final Process daemon;
    private final NodeApi api;

    /**
     * Starts the daemon and waits until it answers.
     *
     * @param program the daemon
     * @param name the node's name, which no other node of the machine has
     */
    BenchmarkNode(Path program, String name) {
        this.name = name;
        try {
            home = Files.createTempDirectory("lamella-benchmark");
            command.add(program.toString());
            for (String directory : List.of("state", "run", "cache")) {
                command.add("--" + directory);
                command.add(home.resolve(directory).toString());
            }
            // Instances' root users, who are nobody here, pass through to their own file systems.
            Files.setPosixFilePermissions(home, java.nio.file.attribute.PosixFilePermissions.fromString("rwx--x--x"));
            command.addAll(List.of("--config", home.resolve("none.yaml").toString(), "--name", name));
            daemon = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log().toFile())
                    .redirectInput(new File("/dev/null"))
                    .start();
        } catch (IOException e) {
            throw new BenchmarkException("the daemon cannot be started: " + e.getMessage());
        }
        api = new NodeApi(home.resolve("run/lamella.sock"));
        awaitAnswer();
    }

    private Path log() {
        return home.resolve("daemon.log");
    }

    private void awaitAnswer() {
        long deadline = System.nanoTime() + START.toNanos();
        while (!api.answers()) {
            if (!daemon.isAlive() || System.nanoTime() > deadline) {
                String said = said();
                close();
                throw new BenchmarkException("the daemon does not come up; it said:\n" + said);
            }
            pause(Duration.ofMillis(100));
        }
    }

    private String said() {
        try {
            List<String> lines = Files.readAllLines(log());
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
        } catch (IOException e) {
            return e.toString();
        }
    }

    NodeApi api() {
        return api;
    }

    Path state() {
        return home.resolve("state");
    }

    Path socket() {
        return home.resolve("run/lamella.sock");
    }

    /** The switch's bridge. */
    String bridge() {
        return "br-" + name;
    }

    /** Where the private switch has its sockets. */
    Path switchDirectory() {
        return home.resolve("run/ovs");
    }

    /** The daemon's resident set in MiB (proc_pid_status(5), VmRSS). */
    double residentMebibytes() {
        try {
            return Files.readAllLines(Path.of("/proc/" + daemon.pid() + "/status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024.0)
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new BenchmarkException("the daemon's memory cannot be read: " + e.getMessage());
        }
    }

    static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchmarkException("interrupted");
        }
    }

    /** Ends the daemon and removes every trace of its node. */
    @Override
    public void close() {
        daemon.destroy();
        try {
            if (!daemon.waitFor(END.toSeconds(), TimeUnit.SECONDS)) {
                daemon.destroyForcibly();
            }
        } catch (InterruptedException e) {
            daemon.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        List<String> removal = new ArrayList<>(command);
        removal.add("--remove");
        Command.run(removal);
        Command.run(List.of("rm", "-rf", "--one-file-system", home.toString()));
    }
}
