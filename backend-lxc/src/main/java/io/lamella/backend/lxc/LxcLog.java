package io.lamella.backend.lxc;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What LXC's tools write about their errors: with {@code -o FILE -l ERROR} to a file, and to standard error. */
final class LxcLog {
    /** {@code TOOL UNIT TIME ERROR TOPIC - FILE.c:FUNCTION:LINE - [ERRNO'S TEXT - ]MESSAGE}. */
    private static final Pattern ERROR = Pattern.compile(" ERROR +\\S+ - \\S+:\\d+ - (?:([^\"]*?) - )?(.+)$");

    /** {@code TOOL: UNIT: FILE.c: FUNCTION: LINE [ERRNO'S TEXT - ]MESSAGE}. */
    private static final Pattern SPOKEN =
            Pattern.compile("^lxc-[a-z]+: [^:]*: \\S+\\.c: \\w+: \\d+ (?:([^\"]*?) - )?(.+)$");

    private static final int MAX_FILE = 1 << 16;
    private static final int MAX_LINE = 500;

    private LxcLog() {}

    /** The first error in a log file, which the later ones follow from, in one sentence without a full stop. */
    static Optional<String> reason(String text) {
        return first(ERROR, text);
    }

    /** The same of what a tool wrote to standard error. */
    static Optional<String> spoken(String text) {
        return first(SPOKEN, text);
    }

    private static Optional<String> first(Pattern form, String text) {
        return text.lines()
                .map(line -> form.matcher(line.length() > MAX_LINE ? line.substring(0, MAX_LINE) : line))
                .filter(Matcher::find)
                .findFirst()
                .map(m -> m.group(1) == null ? m.group(2) : m.group(2) + ": " + m.group(1));
    }

    static Optional<String> reason(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return reason(new String(in.readNBytes(MAX_FILE), StandardCharsets.UTF_8));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
