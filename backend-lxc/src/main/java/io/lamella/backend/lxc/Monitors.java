package io.lamella.backend.lxc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** LXC's process beside each running container, found by its command line. */
final class Monitors {
    private static final String TITLE = "[lxc monitor] ";

    private Monitors() {}

    /** The monitors of the node's containers below {@code lxcPath}: names and host process ids. */
    static Map<String, Integer> find(Path lxcPath) {
        Map<String, Integer> found = new HashMap<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                containerOf(commandLine(process), lxcPath.toString())
                        .ifPresent(name -> found.put(
                                name, Integer.parseInt(process.getFileName().toString())));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    private static String commandLine(Path process) {
        try {
            return new String(Files.readAllBytes(process.resolve("cmdline")), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return ""; // it has ended meanwhile
        }
    }

    /**
     * Reads /proc/PID/cmdline (proc_pid_cmdline(5)): LXC's title {@code [lxc monitor] PATH NAME}, or lxc-start's own
     * words where the title could not be set.
     */
    static Optional<String> containerOf(String commandLine, String lxcPath) {
        String title = TITLE + lxcPath + " ";
        if (commandLine.startsWith(title)) {
            return name(commandLine.substring(title.length()).split("[\0 ]", 2)[0]);
        }
        List<String> words = Arrays.asList(commandLine.split("\0", -1));
        int path = words.indexOf("-P") + 1;
        int name = words.indexOf("-n") + 1;
        return words.getFirst().endsWith("lxc-start")
                        && path > 0
                        && name > 0
                        && path < words.size()
                        && name < words.size()
                        && words.get(path).equals(lxcPath)
                ? name(words.get(name))
                : Optional.empty();
    }

    private static Optional<String> name(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }
}
