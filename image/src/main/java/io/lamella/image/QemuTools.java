package io.lamella.image;

import io.lamella.linux.Command;
import io.lamella.linux.LinuxException;
import io.lamella.model.Refusal;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * QEMU's tools over a qcow2 file from anywhere: as nobody, without any privilege, with bounded memory and time, and with
 * that one file open. The file must be readable for all.
 */
final class QemuTools {
    private static final String FILE = "/proc/self/fd/0";
    private static final String NOBODY = "65534";
    private static final long MEMORY = 2L << 30;
    private static final int CPU_SECONDS = 300;
    private static final Duration PATIENCE = Duration.ofMinutes(15);

    /** One line of qemu-io's dump. */
    private static final Pattern DUMP =
            Pattern.compile("^[0-9a-f]{8,}: ((?: {1,2}[0-9a-f]{2}){1,16})", Pattern.MULTILINE);

    private static final int LEAKS_ALONE = 3;

    private final Path file;

    QemuTools(Path file) {
        this.file = file;
        Programs.require("qemu-img", "qemu-utils");
    }

    /** What the file says of itself (qemu-img(1), "info"). */
    Map<String, Object> info() {
        Command.Result result = run("qemu-img", "info", "--output=json", "-f", "qcow2", FILE);
        if (!result.ok()) {
            throw DiskImage.refused("qemu-img cannot read it: " + words(result));
        }
        return OciJson.parse(result.output().getBytes(java.nio.charset.StandardCharsets.UTF_8), "description");
    }

    /** Refuses a file whose tables contradict each other; space that is merely lost does no harm. */
    void check() {
        Command.Result result = run("qemu-img", "check", "-q", "-f", "qcow2", FILE);
        if (!result.ok() && result.exitCode() != LEAKS_ALONE) {
            throw DiskImage.refused("qemu-img check finds it damaged: " + words(result));
        }
    }

    /** The first {@code length} bytes of the disk. */
    byte[] begin(int length) {
        Command.Result result = run("qemu-io", "-r", "-f", "qcow2", "-c", "read -v 0 " + length, FILE);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Matcher lines = DUMP.matcher(result.output());
        while (lines.find()) {
            bytes.writeBytes(HexFormat.of().parseHex(lines.group(1).replace(" ", "")));
        }
        if (bytes.size() != length) {
            throw DiskImage.refused("its first sectors cannot be read: " + words(result));
        }
        return bytes.toByteArray();
    }

    private Command.Result run(String... program) {
        List<String> command = new ArrayList<>(List.of("sh", "-c", "exec \"$@\" < \"$0\"", file.toString()));
        command.addAll(List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"));
        command.addAll(List.of("--no-new-privs", "--inh-caps=-all", "--bounding-set=-all", "--"));
        command.addAll(List.of("prlimit", "--core=0", "--fsize=0", "--as=" + MEMORY, "--cpu=" + CPU_SECONDS));
        command.addAll(List.of(program));
        try {
            return Command.run(PATIENCE, command);
        } catch (LinuxException e) {
            throw Refusal.unavailable("the disk image cannot be looked at: " + e.getMessage());
        }
    }

    private static String words(Command.Result result) {
        String line = result.error()
                .lines()
                .filter(words -> words.startsWith("ERROR"))
                .findFirst()
                .orElse(result.lastLine());
        return Names.shown(
                line.isEmpty()
                        ? "exit code " + result.exitCode()
                        : line.replace(FILE, "the file").replaceFirst("^qemu-(img|io): ", ""));
    }
}
