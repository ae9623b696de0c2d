package io.lamella.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;

/** What java.nio.file cannot do to a file. No method follows a symbolic link in the last component. */
public final class Inodes {
    private static final int AT_SYMLINK_NOFOLLOW = 0x100;

    private static final long UTIME_OMIT = 0x3ffffffe;

    private Inodes() {}

    /** Sets an extended attribute such as {@code security.capability} (xattr(7)). */
    public static void setXattr(Path path, String name, byte[] value) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocateFrom(ValueLayout.JAVA_BYTE, value.length == 0 ? new byte[1] : value);
            Libc.LSETXATTR.demand(
                    "setting " + name + " of " + path,
                    Libc.path(arena, path),
                    Libc.string(arena, name),
                    bytes.address(),
                    value.length,
                    0);
        }
    }

    /** Makes a named pipe (fifo(7)). */
    public static void makeFifo(Path path, int mode) {
        try (Arena arena = Arena.ofConfined()) {
            Libc.MKFIFO.demand("making the pipe " + path, Libc.path(arena, path), mode);
        }
        chmod(path, mode);
    }

    public static void lchown(Path path, long uid, long gid) {
        try (Arena arena = Arena.ofConfined()) {
            Libc.LCHOWN.demand("changing the owner of " + path, Libc.path(arena, path), uid, gid);
        }
    }

    /**
     * Sets the mode of anything but a symbolic link, which has none on Linux (EOPNOTSUPP).
     *
     * @param mode the lowest 12 bits: permissions, sticky, setgid, setuid (inode(7))
     */
    public static void chmod(Path path, int mode) {
        try (Arena arena = Arena.ofConfined()) {
            Libc.CHMOD_AT.demand(
                    "changing the mode of " + path,
                    Libc.AT_FDCWD,
                    Libc.path(arena, path),
                    mode & 0xfff,
                    AT_SYMLINK_NOFOLLOW);
        }
    }

    /**
     * Sets when the content was last modified, without opening the file: Java's own way opens it, which blocks on a pipe
     * (utimensat(2)).
     */
    public static void setModified(Path path, Instant time) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment times = arena.allocate(ValueLayout.JAVA_LONG, 4); // access and modification: seconds, ns
            times.setAtIndex(ValueLayout.JAVA_LONG, 1, UTIME_OMIT);
            times.setAtIndex(ValueLayout.JAVA_LONG, 2, time.getEpochSecond());
            times.setAtIndex(ValueLayout.JAVA_LONG, 3, time.getNano());
            Libc.UTIMENS_AT.demand(
                    "setting the time of " + path,
                    Libc.AT_FDCWD,
                    Libc.path(arena, path),
                    times.address(),
                    Libc.AT_SYMLINK_NOFOLLOW);
        }
    }

    /** Makes a directory's entries durable. */
    public static void syncDirectory(Path directory) {
        try (FileChannel channel = FileChannel.open(directory)) {
            channel.force(true);
        } catch (IOException e) {
            throw new LinuxException("syncing " + directory, e);
        }
    }

    /** What an unprivileged writer may still write to the file system that holds {@code path}, in bytes. */
    public static long freeBytes(Path path) {
        if (!Files.exists(path)) {
            throw new LinuxException("asking for the free space at " + path, Errno.ENOENT);
        }
        // not Files.getFileStore, which fails where the mount table does not show the path's file system
        return path.toFile().getUsableSpace();
    }

    /**
     * Removes a directory with all that is in it, or a single file; see {@link TreeRemoval}. No effect where there is
     * nothing.
     *
     * @throws LinuxException EBUSY where anything is mounted at or below {@code top}
     */
    public static void deleteTree(Path top) {
        Path whole = Mounts.resolved(top);
        if (!Files.exists(whole, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        for (Mount mount : Mounts.list()) {
            if (mount.target().startsWith(whole)) {
                throw new LinuxException("removing " + whole + " with a mount at " + mount.target(), Errno.EBUSY);
            }
        }
        try {
            TreeRemoval.remove(whole);
        } catch (IOException e) {
            throw new LinuxException("removing " + whole, e);
        }
    }
}
