package io.lamella.network;

import io.lamella.model.Refusal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * One of the private switch's two daemons. It detaches into a session of its own, so it outlives this process and its
 * process group; it is found again through its pid file. See ovsdb-server(1) and ovs-vswitchd(8).
 */
final class SwitchProgram {
    private static final int ENDING_S = 30;
    private static final long LARGEST_LOG = 1 << 20;

    private final String name;
    private final Path folder;
    private final Map<String, String> environment;
    private final List<String> arguments;

    /** @param folder for pid file, control socket and log */
    SwitchProgram(String name, Path folder, Map<String, String> environment, List<String> arguments) {
        this.name = name;
        this.folder = folder;
        this.environment = environment;
        this.arguments = arguments;
    }

    private Path pidFile() {
        return folder.resolve(name + ".pid");
    }

    private Path control() {
        return folder.resolve(name + ".ctl");
    }

    private Path log() {
        return folder.resolve(name + ".log");
    }

    /** The running daemon. A stale pid file, or one whose number another process has by now, does not count. */
    OptionalLong pid() {
        try {
            long pid = Long.parseLong(Files.readString(pidFile()).strip());
            // Separated by NUL; empty once the process is ending.
            String commandLine =
                    Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"), StandardCharsets.ISO_8859_1);
            boolean ours = Arrays.asList(commandLine.split("\0")).contains("--pidfile=" + pidFile());
            return ours ? OptionalLong.of(pid) : OptionalLong.empty();
        } catch (IOException | NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    /**
     * Whether the process that the pid file names still holds what it had open. A killed ovs-vswitchd takes some 20 ms
     * for each port to end, and until then a successor cannot have its devices.
     */
    private boolean ending() {
        try {
            String pid = Files.readString(pidFile()).strip();
            String comm = Files.readString(Path.of("/proc", pid, "comm")).strip();
            return comm.equals(name) && !gone(Long.parseLong(pid));
        } catch (IOException | NumberFormatException e) {
            return false;
        }
    }

    boolean running() {
        return pid().isPresent();
    }

    /** Waits until a killed predecessor is really gone. */
    void awaitEnd() {
        within(ENDING_S, () -> !ending());
    }

    /** Starts it and returns once it serves; says why where it does not. */
    Tool.Outcome start() {
        List<String> all = new ArrayList<>(arguments);
        all.addAll(List.of(
                "--pidfile=" + pidFile(),
                "--unixctl=" + control(),
                "--log-file=" + log(),
                "-vconsole:off",
                "-vsyslog:off",
                "-vfile:warn",
                "--detach"));
        return Tool.run(environment, name, all);
    }

    /** Ends it, by asking first and by force in the end. Returns when it is gone. */
    void stop(String... exit) {
        OptionalLong pid = pid();
        if (pid.isEmpty()) {
            return;
        }
        long number = pid.getAsLong();
        appctl(exit);
        if (!within(ENDING_S, () -> gone(number))) {
            ProcessHandle.of(number).ifPresent(ProcessHandle::destroyForcibly);
            within(ENDING_S, () -> gone(number));
        }
    }

    private static boolean within(int seconds, BooleanSupplier condition) {
        try {
            for (int i = 0; i < seconds * 100; i++) {
                if (condition.getAsBoolean()) {
                    return true;
                }
                TimeUnit.MILLISECONDS.sleep(10);
            }
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Refusal.unavailable("interrupted while waiting for the switch's daemons");
        }
    }

    private static boolean gone(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"), StandardCharsets.ISO_8859_1);
            return "ZX".indexOf(stat.charAt(stat.lastIndexOf(')') + 2)) >= 0;
        } catch (IOException | IndexOutOfBoundsException e) {
            return true;
        }
    }

    private void appctl(String... command) {
        List<String> all = new ArrayList<>(List.of("--timeout=10", "--target=" + control()));
        all.addAll(List.of(command));
        Tool.run(environment, "ovs-appctl", all);
    }

    /** Keeps the log, which holds warnings only, to two files of about 1 MiB. */
    void rotateLog() throws IOException {
        if (Files.exists(log()) && Files.size(log()) > LARGEST_LOG) {
            Files.move(log(), folder.resolve(name + ".log.1"), StandardCopyOption.REPLACE_EXISTING);
            appctl("vlog/reopen");
        }
    }
}
