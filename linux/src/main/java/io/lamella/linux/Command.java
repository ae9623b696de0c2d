package io.lamella.linux;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs programs of the operating system to their end, never through a shell. Any thread may call; a virtual thread waits cheaply. */
public final class Command {
    private static final int CAPTURED = 1 << 20;
    private static final long LONGEST_PAUSE_MILLIS = 20;
    private static final List<String> SYSTEM_DIRECTORIES =
            List.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin");

    private Command() {}

    /**
     * How a program ended.
     *
     * @param exitCode 128 + n after signal n
     * @param output the first MiB of its standard output
     * @param error the first MiB of its standard error
     */
    public record Result(int exitCode, String output, String error) {
        public boolean ok() {
            return exitCode == 0;
        }

        /** The last line it printed that is not blank, of its standard error where there is one. */
        public String lastLine() {
            String text = error.isBlank() ? output : error;
            return text.lines()
                    .filter(line -> !line.isBlank())
                    .reduce("", (before, line) -> line)
                    .strip();
        }
    }

    /** Runs a program without input in the daemon's environment, its messages in English. */
    public static Result run(Duration timeout, List<String> command) {
        return run(timeout, command, Map.of(), new byte[0]);
    }

    /**
     * Runs a program and waits for it. What it leaves running in the background is not waited for.
     *
     * @param environment added to the daemon's own and to {@code LC_ALL=C}
     * @param input given to its standard input; the program may leave it unread
     * @throws LinuxException ETIMEDOUT when the timeout is over, EINTR when the thread is interrupted: in both cases the
     *     program and its children are killed; ENOENT or another error where it cannot be started
     */
    public static Result run(Duration timeout, List<String> command, Map<String, String> environment, byte[] input) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("LC_ALL", "C");
        builder.environment().putAll(environment);
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            throw find(command.getFirst()).isEmpty()
                    ? new LinuxException(command.getFirst(), Errno.ENOENT)
                    : new LinuxException(command.getFirst(), e);
        }
        try {
            give(process, input);
            Capture output = new Capture(process.getInputStream());
            Capture error = new Capture(process.getErrorStream());
            await(process, timeout, command, output, error);
            return new Result(process.exitValue(), output.text(), error.text());
        } catch (IOException e) {
            throw new LinuxException(command.getFirst(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LinuxException(String.join(" ", command), Errno.EINTR);
        } finally {
            kill(process);
        }
    }

    /** The program's file: searched in PATH, then in the system's own directories; a path is taken as it is. */
    public static Optional<Path> find(String program) {
        if (program.contains("/")) {
            return Optional.of(Path.of(program)).filter(Command::executable);
        }
        String path = System.getenv().getOrDefault("PATH", "");
        return Stream.concat(Stream.of(path.split(":", -1)), SYSTEM_DIRECTORIES.stream())
                .filter(directory -> directory.startsWith("/"))
                .map(directory -> Path.of(directory, program))
                .filter(Command::executable)
                .findFirst();
    }

    private static boolean executable(Path file) {
        return Files.isRegularFile(file) && Files.isExecutable(file);
    }

    private static void give(Process process, byte[] input) throws IOException {
        OutputStream stream = process.getOutputStream();
        if (input.length == 0) {
            stream.close();
            return;
        }
        // the program may produce output before it reads, so its input cannot be written first
        Thread.startVirtualThread(() -> {
            try (stream) {
                stream.write(input);
            } catch (IOException e) {
                // the program does not want the rest
            }
        });
    }

    /**
     * Waits and captures in turn. Reading never blocks, since a program in the background may hold the pipes open long
     * after the one that was asked for has ended.
     */
    private static void await(Process process, Duration timeout, List<String> command, Capture output, Capture error)
            throws IOException, InterruptedException {
        long end = System.nanoTime() + timeout.toNanos();
        long pause = 1;
        while (!process.waitFor(pause, TimeUnit.MILLISECONDS)) {
            boolean busy = output.drain() | error.drain();
            pause = busy ? 1 : Math.min(LONGEST_PAUSE_MILLIS, pause * 2);
            if (System.nanoTime() - end > 0) {
                throw new LinuxException(
                        String.join(" ", command),
                        Errno.ETIMEDOUT,
                        "it did not end within " + timeout.toMillis() + " ms "
                                + error.text().strip());
            }
        }
        output.drain();
        error.drain();
    }

    private static void kill(Process process) {
        if (process.isAlive()) {
            ProcessTree.kill((int) process.pid());
        }
    }

    /** Keeps the begin of a stream and throws the rest away, so that the program is never held up. */
    private static final class Capture {
        private final InputStream stream;
        private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
        private final byte[] buffer = new byte[8192];

        Capture(InputStream stream) {
            this.stream = stream;
        }

        /** Takes what is there; whether anything was. */
        boolean drain() throws IOException {
            boolean any = false;
            while (stream.available() > 0) {
                int count = stream.read(buffer);
                if (count < 0) {
                    break;
                }
                any = true;
                kept.write(buffer, 0, Math.min(count, CAPTURED - kept.size()));
            }
            return any;
        }

        String text() {
            return kept.toString(StandardCharsets.UTF_8);
        }
    }
}
