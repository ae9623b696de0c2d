package io.lamella.microbench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program that is run to its end. */
final class Command {
    private static final int LIMIT_SECONDS = 120;

    private Command() {}

    /** Runs it and returns how long that took, in milliseconds; fails where it does. */
    static double timed(List<String> words) {
        return timed(words, Map.of());
    }

    /** As {@link #timed(List)}, with variables added to the environment. */
    static double timed(List<String> words, Map<String, String> environment) {
        long start = System.nanoTime();
        run(words, environment);
        return (System.nanoTime() - start) / 1e6;
    }

    /** Runs it; fails with its output where it does not end well, and ends it by force after two minutes. */
    static void run(List<String> words) {
        run(words, Map.of());
    }

    private static void run(List<String> words, Map<String, String> environment) {
        try {
            ProcessBuilder builder = new ProcessBuilder(words)
                    .redirectErrorStream(true)
                    .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")));
            builder.environment().putAll(environment);
            Process process = builder.start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new BenchmarkException(words + " does not end");
            }
            if (process.exitValue() != 0) {
                throw new BenchmarkException(words + " ended with code " + process.exitValue() + ": " + output.strip());
            }
        } catch (IOException e) {
            throw new BenchmarkException(words + " cannot be run: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchmarkException("interrupted");
        }
    }
}
