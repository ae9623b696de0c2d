package io.lamella.image;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * One member of an archive, as the archive says it: nothing here is safe to use as a path.
 *
 * @param name its name, possibly absolute or with {@code ..}
 * @param target what a hard or symbolic link points to, else empty
 * @param mode permissions with setuid, setgid and sticky bit, 0 to 07777
 * @param size how long the file is, holes included; 0 for all but files
 * @param parts where in the file its data belongs, ascending and apart from each other; everything else is zero
 * @param xattrs extended attributes by name, with their exact bytes
 */
record TarEntry(
        Kind kind,
        String name,
        String target,
        int mode,
        long uid,
        long gid,
        long size,
        Instant mtime,
        List<Part> parts,
        Map<String, byte[]> xattrs) {

    enum Kind {
        FILE,
        DIRECTORY,
        SYMLINK,
        HARD_LINK,
        FIFO,
        CHARACTER_DEVICE,
        BLOCK_DEVICE
    }

    /** A stretch of data in a file, in bytes. */
    record Part(long offset, long length) {}

    TarEntry {
        parts = List.copyOf(parts);
        xattrs = Map.copyOf(xattrs);
    }
}
