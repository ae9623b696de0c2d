package io.lamella.linux;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;
import java.util.UUID;

/**
 * Removes a tree that its former owner may have filled with anything: symbolic links that change under way (every step
 * goes through an open directory), paths longer than the kernel takes and millions of directories (each one found is
 * renamed to a number in the topmost directory, so that neither depth nor width costs memory or descriptors), and mount
 * points (the kernel refuses to rename, and so to enter, one).
 */
final class TreeRemoval {
    private final SecureDirectoryStream<Path> top;
    /** Begins the names that directories get while they wait; nothing in the tree is called so. */
    private final String waiting = ".lamella-" + UUID.randomUUID() + "-";

    private long found;

    private TreeRemoval(SecureDirectoryStream<Path> top) {
        this.top = top;
    }

    /** Removes a directory with all that is in it, or a single file; {@code tree} is absolute. */
    static void remove(Path tree) throws IOException {
        Path parent = tree.getParent();
        Path name = tree.getFileName();
        if (parent == null || name == null) {
            throw new IOException("the root directory is not removed");
        }
        try (SecureDirectoryStream<Path> directory = secure(Files.newDirectoryStream(parent))) {
            if (!isDirectory(directory, name)) {
                directory.deleteFile(name);
                return;
            }
            try (SecureDirectoryStream<Path> top = directory.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
                new TreeRemoval(top).empty();
            }
            directory.deleteDirectory(name);
        } catch (NoSuchFileException e) {
            // somebody else has removed it
        }
    }

    private void empty() throws IOException {
        empty(top);
        for (long next = 0; next < found; next++) {
            Path name = Path.of(waiting + next);
            try (SecureDirectoryStream<Path> directory = top.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
                empty(directory);
            }
            top.deleteDirectory(name);
        }
    }

    /** Leaves nothing in a directory: files are removed, directories put aside. */
    private void empty(SecureDirectoryStream<Path> directory) throws IOException {
        for (Path entry : directory) {
            Path name = entry.getFileName();
            if (name.toString().startsWith(waiting)) {
                continue;
            }
            if (isDirectory(directory, name)) {
                directory.move(name, top, Path.of(waiting + found));
                found++;
            } else {
                directory.deleteFile(name);
            }
        }
    }

    private static boolean isDirectory(SecureDirectoryStream<Path> directory, Path name) throws IOException {
        return directory
                .getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .readAttributes()
                .isDirectory();
    }

    private static SecureDirectoryStream<Path> secure(DirectoryStream<Path> stream) throws IOException {
        if (stream instanceof SecureDirectoryStream<Path> secure) {
            return secure;
        }
        stream.close();
        throw new IOException("this Java runtime has no secure directory streams");
    }
}
