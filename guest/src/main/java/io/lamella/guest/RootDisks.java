package io.lamella.guest;

import io.lamella.compute.Root;
import io.lamella.linux.Command;
import io.lamella.linux.Inodes;
import io.lamella.linux.LinuxException;
import io.lamella.linux.Mounts;
import io.lamella.model.Refusal;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Root disks of virtual machines: an ext4 file system on the whole of a sparse raw file. Made and read by e2fsprogs in
 * user space: the node's kernel never mounts what an instance wrote. Any thread.
 */
public final class RootDisks {
    private static final Duration PATIENCE = Duration.ofHours(1);
    private static final long GIBIBYTE = 1L << 30;
    /** Takes no space before it is written to. */
    private static final long SMALLEST = 8 * GIBIBYTE;

    private static final String BASE = "root.ext4";
    private static final String PART = ".part";

    private final ConcurrentHashMap<Path, Object> making = new ConcurrentHashMap<>();

    /** The programs that are missing for {@link #base} and {@link #fromTree}. */
    public static Optional<String> missing() {
        return Command.find("mkfs.ext4").isEmpty() ? Optional.of("mkfs.ext4 (e2fsprogs)") : Optional.empty();
    }

    /** An image's root disk, which is never written to: made once, next to the image. */
    public Path base(Root.Tree image) {
        Path base = image.derived().resolve(BASE);
        synchronized (making.computeIfAbsent(base, path -> new Object())) {
            if (!Files.exists(base)) {
                try {
                    Files.createDirectories(image.derived());
                } catch (IOException e) {
                    throw Refusal.unavailable(
                            "the directory " + image.derived() + " cannot be made: " + e.getMessage());
                }
                fromTree(image.directory(), base);
            }
        }
        return base;
    }

    /** Makes a root disk with a tree's content; the file appears whole or not at all. */
    public void fromTree(Path tree, Path file) {
        Path part = file.resolveSibling(file.getFileName() + PART);
        try {
            Files.deleteIfExists(part);
            run(
                    "the root disk cannot be made",
                    "mkfs.ext4",
                    "-q",
                    "-F",
                    "-m",
                    "1",
                    "-E",
                    "lazy_itable_init=1,lazy_journal_init=1,root_owner=0:0",
                    "-d",
                    tree.toString(),
                    part.toString(),
                    size(tree) / 1024 + "k");
            Inodes.chmod(part, 0444);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw Refusal.unavailable("the root disk cannot be made: " + e.getMessage());
        } finally {
            delete(part);
        }
    }

    /**
     * Shows the content of a root disk while {@code use} runs. The disk is repaired first as after a power failure.
     *
     * @param disk a raw file, which only the caller has
     * @param mountPoint an empty directory
     */
    public void withTree(Path disk, Path mountPoint, Consumer<Path> use) {
        if (Command.find("fuse2fs").isEmpty()) {
            throw Refusal.unavailable("the disk cannot be read: fuse2fs is not installed on this node");
        }
        Command.Result check = Command.run(PATIENCE, List.of("e2fsck", "-fy", disk.toString()));
        if (check.exitCode() > 2) { // 1: repaired, 2: repaired and to be mounted anew (e2fsck(8))
            throw Refusal.conflict("disk", "the root disk is damaged: " + check.lastLine());
        }
        run("the root disk cannot be read", "fuse2fs", disk.toString(), mountPoint.toString(), "-o", "ro");
        try {
            use.accept(mountPoint);
        } finally {
            Mounts.unmount(mountPoint);
        }
    }

    private static void run(String trouble, String... command) {
        try {
            Command.Result result = Command.run(PATIENCE, List.of(command));
            if (!result.ok()) {
                throw failure(trouble + ": " + result.lastLine());
            }
        } catch (LinuxException e) {
            throw failure(trouble + ": " + e.getMessage());
        }
    }

    private static Refusal failure(String sentence) {
        String text = sentence.toLowerCase(java.util.Locale.ROOT);
        boolean full =
                text.contains("no space left") || text.contains("quota exceeded") || text.contains("no free space");
        return full ? Refusal.exhausted("disk", sentence) : Refusal.unavailable(sentence);
    }

    /** Twice the content in whole gibibytes, and never below the least. */
    private static long size(Path tree) throws IOException {
        long[] bytes = {0};
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                bytes[0] += attributes.isRegularFile() ? attributes.size() : 0;
                return FileVisitResult.CONTINUE;
            }
        });
        return Math.max(SMALLEST, (2 * bytes[0] / GIBIBYTE + 1) * GIBIBYTE);
    }

    private static void delete(Path file) {
        try {
            if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw Refusal.unavailable("the unfinished disk " + file + " cannot be removed: " + e.getMessage());
        }
    }
}
