package io.lamella.backend.kvm;

import io.lamella.linux.Command;
import io.lamella.model.Refusal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Starts QEMU's programs as a user without any privilege.
 *
 * @param user the host's user and group
 * @param group a further group, for a device that needs it
 * @param files what a program finds open for reading, by descriptor; the user need not be able to open them
 */
record Launcher(long user, OptionalLong group, Map<Integer, Path> files) {
    private static final Duration QUICK = Duration.ofSeconds(20);

    /** Runs a program to its end. */
    void run(Duration timeout, List<String> program) {
        Command.Result result = Command.run(timeout, command(List.of(), "exec \"$@\"", program));
        if (!result.ok()) {
            throw failure(program.getFirst() + ": " + firstLine(result));
        }
    }

    /**
     * Starts a program in the background as nobody's child.
     *
     * @param join the files of control groups into which the process writes itself first
     * @param log where its words go
     */
    void start(List<Path> join, Path log, List<String> program) {
        String detached = "setsid \"$@\" < /dev/null >> " + quoted(log) + " 2>&1 &";
        Command.Result result = Command.run(QUICK, command(join, detached, program));
        if (!result.ok()) {
            throw failure(program.getFirst() + ": " + firstLine(result));
        }
    }

    private List<String> command(List<Path> join, String last, List<String> program) {
        StringBuilder script = new StringBuilder("set -e; umask 077; ulimit -c 0; ");
        join.forEach(file -> script.append("echo $$ > ").append(quoted(file)).append("; "));
        files.forEach((fd, file) -> script.append("exec ")
                .append(fd)
                .append('<')
                .append(quoted(file))
                .append("; "));
        List<String> command = new ArrayList<>(List.of("bash", "-c", script + last, "lamella"));
        command.addAll(List.of("setpriv", "--reuid=" + user, "--regid=" + user));
        command.add(group.isPresent() ? "--groups=" + group.getAsLong() : "--clear-groups");
        command.addAll(List.of("--no-new-privs", "--inh-caps=-all", "--bounding-set=-all", "--"));
        command.addAll(program);
        return command;
    }

    static Refusal failure(String sentence) {
        return sentence.contains("No space left on device") || sentence.contains("Disk quota exceeded")
                ? Refusal.exhausted("disk", sentence)
                : Refusal.unavailable(sentence);
    }

    private static String firstLine(Command.Result result) {
        return result.error()
                .lines()
                .filter(line -> !line.isBlank())
                .findFirst()
                .orElse("exit code " + result.exitCode());
    }

    private static String quoted(Path path) {
        return "'" + path.toString().replace("'", "'\\''") + "'";
    }
}
