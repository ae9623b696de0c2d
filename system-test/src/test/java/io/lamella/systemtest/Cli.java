package io.lamella.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The real command in a process of its own, speaking to a node's socket. */
final class Cli {
    private final Path socket;

    Cli(Path socket) {
        this.socket = socket;
    }

    record Outcome(int exit, String out, String err) {
        /** The last line of standard error; before it stands how far long work came. */
        String sentence() {
            return err.lines().reduce("", (before, last) -> last);
        }

        void refused(int code, List<String> names) {
            assertThat(exit).as(err).isEqualTo(code);
            assertThat(sentence()).startsWith("lamella: ").contains(names);
            assertThat(err).doesNotContain("Exception", "\tat ");
        }
    }

    Outcome run(String... arguments) throws IOException, InterruptedException {
        return start(List.of(), arguments);
    }

    /** Runs what has to succeed, and returns its output. */
    String ok(String... arguments) throws IOException, InterruptedException {
        Outcome outcome = run(arguments);
        assertThat(outcome.exit())
                .as("%s: %s", String.join(" ", arguments), outcome.err())
                .isZero();
        return outcome.out();
    }

    /** Runs what has to be refused: by one sentence on one line that names what is wrong, without a stack trace. */
    void refused(int exit, List<String> names, String... arguments) throws IOException, InterruptedException {
        run(arguments).refused(exit, names);
    }

    /** Runs it behind {@code prefix}, such as {@code setpriv --reuid=65534}. */
    Outcome start(List<String> prefix, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "io.lamella.cli.Main"));
        command.addAll(Arrays.asList(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("LAMELLA_SOCKET", socket.toString());
        builder.environment().remove("LAMELLA_SLICE");
        Process p = builder.start();
        CompletableFuture<String> err = CompletableFuture.supplyAsync(() -> text(p.getErrorStream()));
        CompletableFuture<String> out = CompletableFuture.supplyAsync(() -> text(p.getInputStream()));
        p.getOutputStream().close();
        if (!p.waitFor(60, TimeUnit.SECONDS)) {
            p.destroyForcibly();
            throw new AssertionError("lamella " + String.join(" ", arguments) + " does not end");
        }
        return new Outcome(p.exitValue(), out.join(), err.join());
    }

    private static String text(java.io.InputStream stream) {
        try {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }
}
