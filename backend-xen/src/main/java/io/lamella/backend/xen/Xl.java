package io.lamella.backend.xen;

import io.lamella.linux.Command;
import io.lamella.linux.LinuxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The toolstack's own tool (xl(1)). Any thread. */
final class Xl {
    private static final Logger LOG = LoggerFactory.getLogger(Xl.class);
    private static final Duration QUICK = Duration.ofSeconds(60);
    /** libxl says so of a QEMU that it asks for its options, where that one ends before it is told to. */
    private static final String HARMLESS = "command-line probe already exited";

    private Xl() {}

    /** What it prints; throws with its last words where it fails. */
    static String run(String... arguments) {
        List<String> command = new ArrayList<>(List.of("xl"));
        command.addAll(List.of(arguments));
        return run(QUICK, command);
    }

    static String run(Duration timeout, List<String> command) {
        Command.Result result = attempt(timeout, command);
        if (!result.ok()) {
            LOG.info("{}: {}", command, result.error().strip());
            throw new XlException(words(result));
        }
        return result.output();
    }

    private static Command.Result attempt(Duration timeout, List<String> command) {
        try {
            return Command.run(timeout, command);
        } catch (LinuxException e) {
            throw new XlException(String.valueOf(e.getMessage()), e);
        }
    }

    /** The first thing that went wrong; what follows from it comes later, and without the reason. */
    private static String words(Command.Result result) {
        return result.error()
                .lines()
                .filter(line -> !line.contains(HARMLESS))
                .filter(line -> line.contains("error") || line.contains("fatal") || line.contains("fail"))
                .findFirst()
                .or(() -> Optional.of(result.lastLine()).filter(line -> !line.isEmpty()))
                .map(line -> line.replaceFirst("^\\S*libxl: error: \\S+:\\d+:\\S+ ", ""))
                .orElse("xl ended with exit code " + result.exitCode());
    }

    static List<XlText.Domain> domains() {
        return XlText.domains(run("list"));
    }

    /** The domain of this name; empty where there is none. */
    static Optional<XlText.Domain> domain(String name) {
        return domains().stream().filter(d -> d.name().equals(name)).findFirst();
    }
}
