package io.lamella.systemtest;

import io.lamella.model.Codec;
import io.lamella.model.Image;
import io.lamella.model.InstanceView;
import io.lamella.model.Operation;
import io.lamella.model.SliceView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A real daemon in a process of its own, with directories, a cgroup and a switch of its own. */
final class TestNode implements AutoCloseable {
    final Path directory;
    final String name;
    final List<String> extra;
    private List<String> prefix = List.of();
    private @Nullable Process process;

    TestNode(Path directory, String... extra) {
        this.directory = directory;
        if (!directory.toFile().setExecutable(true, false)) { // containers' users pass through it
            throw new IllegalStateException(directory.toString());
        }
        this.name = "t" + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
        this.extra = List.of(extra);
    }

    /** Runs the daemon behind a command that ends by executing it, such as {@code unshare}. */
    TestNode behind(List<String> command) {
        prefix = command;
        return this;
    }

    Path state() {
        return directory.resolve("state");
    }

    Path run() {
        return directory.resolve("run");
    }

    Path socket() {
        return run().resolve("lamella.sock");
    }

    String bridge() {
        return "br-" + name;
    }

    List<String> command(String... more) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx128m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "io.lamella.daemon.Main",
                "--state",
                state().toString(),
                "--run",
                run().toString(),
                "--cache",
                "/var/cache/lamella",
                "--config",
                directory.resolve("lamella.yaml").toString(),
                "--name",
                name));
        command.addAll(extra);
        command.addAll(Arrays.asList(more));
        return command;
    }

    /** Starts the daemon and waits until it answers. */
    TestNode start() throws Exception {
        Path log = directory.resolve("daemon.log");
        List<String> daemon = new ArrayList<>(prefix);
        daemon.addAll(command());
        Process p = new ProcessBuilder(daemon)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        process = p;
        Instant deadline = Instant.now().plus(Duration.ofSeconds(90));
        while (Instant.now().isBefore(deadline)) {
            if (!p.isAlive()) {
                throw new AssertionError("the daemon ended with " + p.exitValue() + ":\n" + tail(log));
            }
            try {
                if (Http.call(socket(), "GET", "/v1/node", "").status() == 200) {
                    return this;
                }
            } catch (IOException e) {
                // not yet
            }
            Thread.sleep(20);
        }
        throw new AssertionError("the daemon does not answer:\n" + tail(log));
    }

    /** SIGKILL. */
    void kill() throws InterruptedException {
        Process p = process;
        if (p != null) {
            p.destroyForcibly().waitFor();
        }
        process = null;
    }

    /** SIGTERM: the daemon ends, its instances stay. */
    void stop() throws InterruptedException {
        Process p = process;
        if (p != null) {
            p.destroy();
            if (!p.waitFor(30, TimeUnit.SECONDS)) {
                p.destroyForcibly().waitFor();
                throw new AssertionError("the daemon ignored SIGTERM for 30 s");
            }
        }
        process = null;
    }

    long pid() {
        Process p = process;
        return p == null ? -1 : p.pid();
    }

    Http.Reply call(String method, String path, String json) throws IOException {
        return Http.call(socket(), method, "/v1" + path, json);
    }

    void ok(String method, String path, String json) throws IOException {
        call(method, path, json).ok();
    }

    List<InstanceView> instances() throws IOException {
        return Codec.readList(InstanceView.class, call("GET", "/instances", "").ok());
    }

    InstanceView instance(String slice, String name) throws IOException {
        return Codec.read(
                InstanceView.class,
                call("GET", "/slices/" + slice + "/instances/" + name, "").ok());
    }

    List<SliceView> slices() throws IOException {
        return Codec.readList(SliceView.class, call("GET", "/slices", "").ok());
    }

    /** Builds an image where the node has none of that name. */
    void image(String recipe) throws Exception {
        boolean there = Codec.readList(Image.class, call("GET", "/images", "").ok()).stream()
                .anyMatch(i -> i.name().equals(recipe));
        if (there) {
            return;
        }
        Operation op = Codec.read(
                Operation.class,
                call("POST", "/images/build", "{\"name\":\"" + recipe + "\",\"recipe\":\"" + recipe + "\"}")
                        .ok());
        while (op.state() == Operation.State.RUNNING) {
            op = Codec.read(
                    Operation.class,
                    call("GET", "/operations/" + op.id() + "?wait=10", "").ok());
        }
        if (op.state() != Operation.State.SUCCEEDED) {
            throw new AssertionError("image " + recipe + ": " + op.error());
        }
    }

    String log() {
        return tail(directory.resolve("daemon.log"));
    }

    private static String tail(Path log) {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 60), lines.size()));
        } catch (IOException e) {
            return "(no log)";
        }
    }

    /** Ends the daemon and removes every trace of the node, also after a failed test. */
    @Override
    public void close() throws Exception {
        kill();
        Process remove = new ProcessBuilder(command("--remove"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("remove.log").toFile()))
                .start();
        if (!remove.waitFor(120, TimeUnit.SECONDS)) {
            remove.destroyForcibly().waitFor();
            throw new AssertionError("lamellad --remove does not end");
        }
        if (remove.exitValue() != 0) {
            throw new AssertionError("lamellad --remove: " + tail(directory.resolve("remove.log")));
        }
    }
}
