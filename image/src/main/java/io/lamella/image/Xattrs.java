package io.lamella.image;

import io.lamella.image.TarEntry.Kind;
import io.lamella.linux.Inodes;
import java.nio.file.Path;

/** Which extended attributes of an archive are kept (xattr(7)). */
final class Xattrs {
    private Xattrs() {}

    /**
     * File capabilities belong to the program, and {@code user.*} to whoever made the file. All else is dropped: what
     * steers the overlay that instances are made of ({@code trusted.*}, {@code user.overlay.*}), and what is the node's
     * own, such as {@code security.selinux}.
     */
    static boolean isKept(String name, Kind kind) {
        return name.equals("security.capability")
                ? kind == Kind.FILE
                : name.startsWith("user.") && name.length() > 5 && !name.startsWith("user.overlay.");
    }

    static void apply(Path path, TarEntry entry) {
        entry.xattrs().forEach((name, value) -> {
            if (isKept(name, entry.kind())) {
                Inodes.setXattr(path, name, value);
            }
        });
    }
}
