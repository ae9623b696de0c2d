package io.lamella.linux;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One line of /proc/PID/mountinfo (proc_pid_mountinfo(5)).
 *
 * @param target where it is mounted, seen from the process's root
 * @param type the file system's type: {@code overlay}
 * @param source what is mounted, in the file system's own words; empty where it has none
 * @param options those of the mount, a comma, and those of the file system
 */
public record Mount(Path target, String type, String source, String options) {
    /**
     * The mounts in the kernel's order: of two on the same target the later one is on top. Left out is a line that is
     * cut short, and a target that the JVM's file name encoding cannot express.
     *
     * @param mountinfo the file's content, one character a byte
     */
    static List<Mount> parse(String mountinfo) {
        return mountinfo.lines().map(Mount::line).flatMap(Optional::stream).toList();
    }

    private static Optional<Mount> line(String line) {
        String[] fields = line.split(" ", -1);
        // ID PARENT MAJOR:MINOR ROOT TARGET OPTIONS [OPTIONAL...] - TYPE SOURCE SUPEROPTIONS
        int separator = 6;
        while (separator < fields.length && !fields[separator].equals("-")) {
            separator++;
        }
        if (fields.length < separator + 4) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Mount(
                    Path.of(unescaped(fields[4])),
                    unescaped(fields[separator + 1]),
                    unescaped(fields[separator + 2]),
                    unescaped(fields[5] + "," + fields[separator + 3])));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    /** The kernel writes space, tab, newline, backslash and a few more as a backslash and three octal digits. */
    private static String unescaped(String field) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(field.length());
        for (int i = 0; i < field.length(); i++) {
            char character = field.charAt(i);
            if (character == '\\' && octal(field, i + 1) && octal(field, i + 2) && octal(field, i + 3)) {
                bytes.write(Integer.parseInt(field, i + 1, i + 4, 8));
                i += 3;
            } else {
                bytes.write(character);
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static boolean octal(String text, int index) {
        return index < text.length() && text.charAt(index) >= '0' && text.charAt(index) <= '7';
    }
}
