package io.lamella.image;

import io.lamella.linux.Command;
import io.lamella.linux.Inodes;
import io.lamella.linux.LinuxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** What the store does with whole directories. */
final class Disk {
    private static final Duration FLUSH_TIMEOUT = Duration.ofMinutes(10);

    private Disk() {}

    /** Removes a directory with all below it, where it exists; links are not followed. */
    static void deleteTree(Path directory) {
        try {
            Inodes.deleteTree(directory);
        } catch (LinuxException e) {
            throw Storage.refusal("remove " + directory, e);
        }
    }

    /** Makes a directory's own entries durable. */
    static void flushDirectory(Path directory) {
        try {
            Inodes.syncDirectory(directory);
        } catch (LinuxException e) {
            throw Storage.refusal("flush " + directory, e);
        }
    }

    /** Makes all durable that was written to the file system of {@code path} (syncfs(2)). */
    static void flush(Path path) {
        try {
            String sync = Programs.require("sync", "coreutils").toString();
            if (!Command.run(FLUSH_TIMEOUT, List.of(sync, "-f", path.toString()))
                    .ok()) {
                throw Storage.full(); // what syncfs reports is that delayed writes failed
            }
        } catch (LinuxException e) {
            throw Storage.refusal("flush " + path, e);
        }
    }
}
