package io.lamella.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The huge pages of one size that the kernel keeps (kernel document admin-guide/mm/hugetlbpage).
 *
 * @param size of a page in bytes
 * @param free how many pages nobody has, nor has been promised
 */
public record HugePagePool(long size, long free) {
    private static final Path POOLS = Path.of("/sys/kernel/mm/hugepages");
    private static final Pattern DEFAULT = Pattern.compile("^Hugepagesize: *(\\d+) kB$", Pattern.MULTILINE);

    /** Now; empty where the kernel has no pages of this size. Without a size those of the kernel's default. */
    public static Optional<HugePagePool> of(OptionalLong size) {
        try {
            OptionalLong wanted = size.isPresent() ? size : byDefault();
            if (wanted.isEmpty()) {
                return Optional.empty();
            }
            Path pool = POOLS.resolve("hugepages-" + (wanted.getAsLong() >> 10) + "kB");
            return Files.isDirectory(pool)
                    ? Optional.of(new HugePagePool(
                            wanted.getAsLong(), number(pool, "free_hugepages") - number(pool, "resv_hugepages")))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static OptionalLong byDefault() throws IOException {
        Matcher line = DEFAULT.matcher(Files.readString(Path.of("/proc/meminfo")));
        return line.find() ? OptionalLong.of(Long.parseLong(line.group(1)) << 10) : OptionalLong.empty();
    }

    private static long number(Path pool, String file) throws IOException {
        return Long.parseLong(Files.readString(pool.resolve(file)).strip());
    }
}
