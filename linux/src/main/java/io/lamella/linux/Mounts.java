package io.lamella.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The mounts of the JVM's own mount namespace. Any thread may call. Needs CAP_SYS_ADMIN for whatever changes something. */
public final class Mounts {
    private static final int MS_NOSUID = 2;
    private static final int MS_NODEV = 4;
    private static final int MS_BIND = 4096;
    private static final int MS_PRIVATE = 1 << 18;
    private static final int MNT_DETACH = 2;
    private static final int UMOUNT_NOFOLLOW = 8;

    private static final int OPEN_TREE_CLONE = 1;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int MOVE_MOUNT_F_EMPTY_PATH = 4;
    private static final int MOUNT_ATTR_RDONLY = 1;
    private static final int MOUNT_ATTR_NOSUID = 2;
    private static final int MOUNT_ATTR_NODEV = 4;
    private static final int MOUNT_ATTR_IDMAP = 0x100000;

    /** The size of struct statx, and where its stx_attributes are. */
    private static final int STATX = 256;

    private static final int STX_ATTRIBUTES = 8;
    private static final long STATX_ATTR_MOUNT_ROOT = 0x2000;

    private Mounts() {}

    /**
     * Mounts a read-only view of one file system's tree, without what is mounted below it, in which the owners are
     * shifted by the namespace's mapping (mount_setattr(2), "ID-mapped mounts"; Linux 5.12 and file systems that
     * support it). Device nodes do not work in it, setuid programs do.
     */
    public static void idmap(Path source, Path target, UserNamespace namespace) {
        idmap(source, target, namespace, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NODEV);
    }

    /** The same, and writable: what is written through it has its owner shifted back. Setuid programs do not work. */
    public static void idmapWritable(Path source, Path target, UserNamespace namespace) {
        idmap(source, target, namespace, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
    }

    private static void idmap(Path source, Path target, UserNamespace namespace, long restrictions) {
        String what = "idmapped mount of " + source + " on " + target;
        try (Arena arena = Arena.ofConfined()) {
            int tree = Libc.OPEN_TREE.demand(
                    what, Libc.AT_FDCWD, Libc.path(arena, source), OPEN_TREE_CLONE | Libc.O_CLOEXEC);
            try {
                // struct mount_attr: attr_set, attr_clr, propagation, userns_fd, 64 bits each
                MemorySegment attributes = arena.allocateFrom(
                        ValueLayout.JAVA_LONG, MOUNT_ATTR_IDMAP | restrictions, 0, MS_PRIVATE, namespace.fd());
                long empty = Libc.string(arena, "");
                Libc.MOUNT_SETATTR.demand(
                        what, tree, empty, AT_EMPTY_PATH, attributes.address(), attributes.byteSize());
                Libc.MOVE_MOUNT.demand(
                        what, tree, empty, Libc.AT_FDCWD, Libc.path(arena, target), MOVE_MOUNT_F_EMPTY_PATH);
            } finally {
                Libc.close(tree);
            }
        }
    }

    /**
     * Mounts an overlay file system (kernel document filesystems/overlayfs) without device nodes. Files that are changed
     * are copied whole to {@code upper}; {@code work} is an empty directory beside it.
     */
    public static void overlay(Path lower, Path upper, Path work, Path target) {
        String directories = "lowerdir=" + escaped(lower) + ",upperdir=" + escaped(upper) + ",workdir=" + escaped(work);
        try {
            mount("overlay", target, "overlay", MS_NODEV, directories + ",xino=off,index=off,metacopy=off");
        } catch (LinuxException e) {
            if (e.errno() != Errno.EINVAL) {
                throw e;
            }
            // a kernel without one of these features has not got it to be turned off
            mount("overlay", target, "overlay", MS_NODEV, directories);
        }
    }

    /** Mounts a file or directory on another, without what is mounted below it. */
    public static void bind(Path source, Path target) {
        mount(source.toString(), target, "", MS_BIND, "");
    }

    /**
     * @param sizeBytes the most that the file system holds
     * @param mode of its root directory: {@code 0755}
     */
    public static void tmpfs(Path target, long sizeBytes, int mode) {
        String options = "size=" + sizeBytes + ",mode=" + Integer.toOctalString(mode);
        mount("tmpfs", target, "tmpfs", MS_NOSUID | MS_NODEV, options);
    }

    /**
     * Takes the topmost mount off {@code target}; nothing mounted there is fine. What is still in use disappears from
     * the tree at once and ends with its last user.
     */
    public static void unmount(Path target) {
        try (Arena arena = Arena.ofConfined()) {
            long path = Libc.path(arena, target);
            int result = Libc.UMOUNT.invoke(path, UMOUNT_NOFOLLOW);
            if (result == -Errno.EBUSY) {
                result = Libc.UMOUNT.invoke(path, UMOUNT_NOFOLLOW | MNT_DETACH);
            }
            boolean nothingThere = result == -Errno.ENOENT
                    || result == -Errno.ENOTDIR
                    || result == -Errno.EINVAL && !isMounted(target);
            if (!nothingThere) {
                Libc.checked("unmounting " + target, result);
            }
        }
    }

    /** All mounts in the kernel's order: of two on the same target the later one is on top. */
    public static List<Mount> list() {
        try {
            byte[] mountinfo = Files.readAllBytes(Path.of("/proc/self/mountinfo"));
            return Mount.parse(new String(mountinfo, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new LinuxException("list of mounts", e);
        }
    }

    /**
     * Whether something is mounted on {@code path} itself, which is no symbolic link then (statx(2),
     * STATX_ATTR_MOUNT_ROOT; Linux 5.8). Costs the same however many mounts there are.
     */
    public static boolean isMounted(Path path) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment found = arena.allocate(STATX, 8);
            int result = Libc.STATX.invoke(
                    Libc.AT_FDCWD, Libc.path(arena, path), Libc.AT_SYMLINK_NOFOLLOW, 0, found.address());
            if (result == -Errno.ENOENT || result == -Errno.ENOTDIR) {
                return false;
            }
            Libc.checked("looking at " + path, result);
            return (found.get(ValueLayout.JAVA_LONG, STX_ATTRIBUTES) & STATX_ATTR_MOUNT_ROOT) != 0;
        }
    }

    /** Where a mount on {@code path} appears in the list: its directory resolved, its last name taken as it is. */
    static Path resolved(Path path) {
        Path absolute = path.toAbsolutePath().normalize();
        Path parent = absolute.getParent();
        if (parent == null) {
            return absolute;
        }
        try {
            return parent.toRealPath().resolve(absolute.getFileName());
        } catch (IOException e) {
            return absolute;
        }
    }

    private static void mount(String source, Path target, String type, int flags, String options) {
        try (Arena arena = Arena.ofConfined()) {
            Libc.MOUNT.demand(
                    "mount" + (type.isEmpty() ? "" : " of " + type) + " on " + target,
                    Libc.string(arena, source),
                    Libc.path(arena, target),
                    Libc.string(arena, type),
                    flags,
                    Libc.string(arena, options));
        }
    }

    /** The kernel takes ',' as the end of an option and ':' as the end of a lower directory unless they are escaped. */
    private static String escaped(Path path) {
        return path.toAbsolutePath()
                .toString()
                .replace("\\", "\\\\")
                .replace(",", "\\,")
                .replace(":", "\\:");
    }
}
