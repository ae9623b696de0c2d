package io.lamella.backend.lxc;

import io.lamella.linux.Command;
import io.lamella.linux.LinuxException;
import io.lamella.model.Refusal;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** LXC's programs, always on our directory of instances. */
final class Tools {
    private static final List<String> NEEDED =
            List.of("lxc-start", "lxc-stop", "lxc-attach", "lxc-console", "lxc-freeze", "lxc-unfreeze");
    /** Loads the profile that LXC makes for a container, where the kernel has AppArmor. */
    private static final String PARSER = "apparmor_parser";

    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

    private final Path lxcPath;
    private final Path programs;

    Tools(Path lxcPath) {
        this.lxcPath = lxcPath;
        this.programs = lxcPath.resolve(".programs");
    }

    /**
     * Makes the directory that is all of lxc-start's search path. It has what AppArmor needs and not newuidmap: without
     * it LXC, being root, writes the id mappings itself, which saves it four processes a start.
     */
    void prepare(boolean appArmor) throws IOException {
        Files.createDirectories(programs);
        Optional<Path> parser = Command.find(PARSER);
        if (appArmor && parser.isPresent()) {
            try {
                Files.createSymbolicLink(programs.resolve(PARSER), parser.get());
            } catch (FileAlreadyExistsException e) {
                // from the last time
            }
        }
    }

    /** The programs that LXC needs and the node has not got. */
    static List<String> missing(boolean appArmor) {
        return Stream.concat(NEEDED.stream(), appArmor ? Stream.of(PARSER) : Stream.empty())
                .filter(tool -> Command.find(tool).isEmpty())
                .toList();
    }

    List<String> command(String tool, Unit unit, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Command.find(tool)
                .map(Path::toString)
                .orElseThrow(() -> Refusal.unavailable("there is no " + tool + " on this node: install LXC")));
        command.addAll(List.of("-P", lxcPath.toString(), "-n", unit.name()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** Starts the unit in the background; empty, or why it does not run. */
    Optional<String> start(Unit unit) {
        Path log = unit.startLog();
        List<String> command = command("lxc-start", unit, "-d", "-o", log.toString(), "-l", "ERROR");
        return run(START_TIMEOUT, command, Map.of("PATH", programs.toString()))
                .map(error -> LxcLog.reason(log).orElse(error));
    }

    /** Runs a tool to its end; empty, or why it failed. */
    Optional<String> run(Duration timeout, Unit unit, String tool, String... arguments) {
        return run(timeout, command(tool, unit, arguments), Map.of());
    }

    private static Optional<String> run(Duration timeout, List<String> command, Map<String, String> environment) {
        try {
            Command.Result result = Command.run(timeout, command, environment, new byte[0]);
            if (result.ok()) {
                return Optional.empty();
            }
            return Optional.of(LxcLog.spoken(result.error())
                    .orElseGet(
                            () -> result.lastLine().isEmpty() ? "exit code " + result.exitCode() : result.lastLine()));
        } catch (LinuxException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }
}
