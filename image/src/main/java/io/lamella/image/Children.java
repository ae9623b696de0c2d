package io.lamella.image;

import io.lamella.model.Refusal;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Child processes whose output matters while they run. */
final class Children {
    private static final int LINE = 4096;

    private Children() {}

    /** What a program printed; refuses where it failed. */
    static String output(String... command) {
        StringBuilder output = new StringBuilder();
        int code = lines(
                List.of(command),
                Map.of(),
                Duration.ofSeconds(30),
                line -> output.append(line).append('\n'));
        if (code != 0) {
            throw Refusal.unavailable(command[0] + " failed with exit code " + code);
        }
        return output.toString();
    }

    /**
     * Runs a program to its end and returns its exit code; it is killed after {@code timeout}.
     *
     * @param environment all that it gets
     * @param line is told each line of standard output and standard error
     */
    static int lines(List<String> command, Map<String, String> environment, Duration timeout, Consumer<String> line) {
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectInput(new File("/dev/null"));
        builder.environment().clear();
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            Thread watch = Thread.ofVirtual().start(() -> watch(process, timeout));
            try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
                for (String text = reader.readLine(); text != null; text = reader.readLine()) {
                    line.accept(text.length() > LINE ? text.substring(0, LINE) : text);
                }
                return process.waitFor();
            } finally {
                process.destroy();
                watch.interrupt();
            }
        } catch (IOException e) {
            throw Refusal.unavailable(command.getFirst() + " cannot be run: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Refusal.unavailable(command.getFirst() + " was interrupted");
        }
    }

    private static void watch(Process process, Duration timeout) {
        try {
            if (!process.waitFor(timeout.toSeconds(), TimeUnit.SECONDS)) {
                process.destroy();
            }
        } catch (InterruptedException e) {
            // it has ended
        }
    }
}
