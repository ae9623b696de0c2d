package io.lamella.network;

import io.lamella.model.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Open vSwitch's own programs, run to their end. */
final class Tool {
    /** A daemon that is told to detach comes back when it has configured all ports of its database. */
    private static final long PATIENCE_S = 60;

    private static final List<String> FOLDERS =
            List.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin");

    record Outcome(int code, String text) {
        boolean ok() {
            return code == 0;
        }
    }

    private Tool() {}

    /** The program's path; refuses, naming its package, where it is not installed. */
    static Path find(String program) {
        String path = System.getenv().getOrDefault("PATH", "");
        Optional<Path> found = Stream.concat(Stream.of(path.split(":")), FOLDERS.stream())
                .filter(folder -> folder.startsWith("/"))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
        return found.orElseThrow(() -> missing(program));
    }

    static Refusal missing(String what) {
        return Refusal.unavailable(
                "there is no switch: " + what + " is not installed (Debian package openvswitch-switch)");
    }

    /** Runs a program with {@code environment} added to this process's. */
    static Outcome run(Map<String, String> environment, String program, List<String> arguments) {
        @Nullable Path output = null;
        try {
            // Not a pipe: a daemon's child that hangs would hold it open and its reader with it.
            output = Files.createTempFile(program, ".out");
            ProcessBuilder builder = new ProcessBuilder(find(program).toString());
            builder.command().addAll(arguments);
            builder.environment().putAll(environment);
            builder.redirectErrorStream(true).redirectOutput(output.toFile());
            Process process = builder.start();
            process.getOutputStream().close();
            if (!process.waitFor(PATIENCE_S, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return new Outcome(-1, program + " did not finish in " + PATIENCE_S + " s");
            }
            return new Outcome(
                    process.exitValue(), Files.readString(output).strip().replace('\n', ' '));
        } catch (IOException e) {
            throw Refusal.unavailable("there is no switch: " + program + " cannot be run: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Refusal.unavailable("there is no switch: interrupted while " + program + " ran");
        } finally {
            delete(output);
        }
    }

    private static void delete(@Nullable Path file) {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            // It is small, and in the folder for temporary files.
        }
    }
}
