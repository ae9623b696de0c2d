package io.lamella.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/**
 * The files /etc/subuid and /etc/subgid (subuid(5)). LXC wants root's own ranges there as soon as newuidmap is
 * installed. Every write replaces the file atomically and keeps its other lines.
 */
public final class SubordinateIds {
    /** The ids that one user may map. */
    record Range(String user, long first, long count) {
        boolean ofRoot() {
            return user.equals("root") || user.equals("0");
        }

        boolean covers(long otherFirst, long otherCount) {
            return first <= otherFirst && otherFirst + otherCount <= first + count;
        }

        boolean overlaps(long otherFirst, long otherCount) {
            return first < otherFirst + otherCount && otherFirst < first + count;
        }
    }

    private SubordinateIds() {}

    /** The well-formed lines; others are passed over, as shadow's own tools do. */
    static List<Range> parse(List<String> lines) {
        List<Range> ranges = new ArrayList<>();
        for (String line : lines) {
            String[] f = line.strip().split(":", -1);
            if (f.length == 3 && !f[0].isEmpty() && f[1].matches("\\d{1,10}") && f[2].matches("\\d{1,10}")) {
                ranges.add(new Range(f[0], Long.parseLong(f[1]), Long.parseLong(f[2])));
            }
        }
        return ranges;
    }

    /** Gives root the range in both files where it has none that covers it. */
    public static void ensureRoot(Path subuid, Path subgid, long first, long count) {
        for (Path file : List.of(subuid, subgid)) {
            List<String> lines = read(file);
            boolean covered = parse(lines).stream().anyMatch(range -> range.ofRoot() && range.covers(first, count));
            if (!covered) {
                List<String> more = new ArrayList<>(lines);
                more.add(line(first, count));
                write(file, more);
            }
        }
    }

    /** Takes exactly the line away that {@link #ensureRoot} adds. */
    public static void remove(Path subuid, Path subgid, long first, long count) {
        for (Path file : List.of(subuid, subgid)) {
            List<String> lines = read(file);
            List<String> rest = lines.stream()
                    .filter(l -> !l.strip().equals(line(first, count)))
                    .toList();
            if (rest.size() != lines.size()) {
                write(file, rest);
            }
        }
    }

    /** Whether another user than root may map any of these ids. */
    public static boolean overlapsOthers(Path file, long first, long count) {
        return parse(read(file)).stream().anyMatch(range -> !range.ofRoot() && range.overlaps(first, count));
    }

    private static String line(long first, long count) {
        return "root:" + first + ":" + count;
    }

    private static List<String> read(Path file) {
        try {
            return Files.readAllLines(file, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw new LinuxException("reading " + file, e);
        }
    }

    private static void write(Path file, List<String> lines) {
        try {
            Path real = Files.exists(file) ? file.toRealPath() : file;
            Path next = real.resolveSibling(real.getFileName() + ".lamella");
            Files.write(next, lines, StandardCharsets.ISO_8859_1);
            Files.setPosixFilePermissions(
                    next,
                    Files.exists(real)
                            ? Files.getPosixFilePermissions(real)
                            : PosixFilePermissions.fromString("rw-r--r--"));
            Files.move(next, real, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new LinuxException("writing " + file, e);
        }
    }
}
