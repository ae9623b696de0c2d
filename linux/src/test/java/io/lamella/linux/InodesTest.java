package io.lamella.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InodesTest {
    @TempDir
    Path directory;

    @Test
    void modesHaveAllTwelveBits() throws IOException {
        Path file = Files.createFile(directory.resolve("f"));
        Inodes.chmod(file, 06755);
        assertThat(unix(file, "mode")).isEqualTo(0106755);
        Inodes.chmod(directory, 01777);
        assertThat(unix(directory, "mode")).isEqualTo(041777);
    }

    @Test
    void aLinksTargetIsLeftAlone() throws IOException {
        Root.assumed();
        Path file = Files.createFile(directory.resolve("f"));
        Path link = Files.createSymbolicLink(directory.resolve("l"), file);
        Object mode = unix(file, "mode");
        assertThatThrownBy(() -> Inodes.chmod(link, 0777))
                .isInstanceOfSatisfying(
                        LinuxException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EOPNOTSUPP));
        Inodes.lchown(link, 1_000_000, 4_000_000_000L);
        assertThat(unix(link, "uid")).isEqualTo(1_000_000);
        assertThat(unix(link, "gid")).isEqualTo((int) 4_000_000_000L);
        assertThat(unix(file, "mode")).isEqualTo(mode);
        assertThat(unix(file, "uid")).isEqualTo(0);
    }

    @Test
    void timesOfPipesAndLinksAreSetWithoutOpening() throws IOException {
        Instant time = Instant.ofEpochSecond(1_234_567_890, 250_000_000);
        Path pipe = directory.resolve("p");
        Inodes.makeFifo(pipe, 0600);
        Path link = Files.createSymbolicLink(directory.resolve("l"), Path.of("p"));
        Inodes.setModified(link, time);
        assertThat(Files.getLastModifiedTime(link, LinkOption.NOFOLLOW_LINKS)).isEqualTo(FileTime.from(time));
        assertThat(Files.getLastModifiedTime(pipe)).isNotEqualTo(FileTime.from(time));
        Inodes.setModified(pipe, time);
        assertThat(Files.getLastModifiedTime(pipe)).isEqualTo(FileTime.from(time));
    }

    @Test
    void pipesAndAttributesAreMade() throws IOException {
        Path pipe = directory.resolve("p");
        Inodes.makeFifo(pipe, 0666);
        assertThat(unix(pipe, "mode")).isEqualTo(010666);

        Path file = Files.createFile(directory.resolve("f"));
        assumeTrue(
                Files.getFileStore(file).supportsFileAttributeView("user"),
                "needs user attributes on the temporary file system");
        Inodes.setXattr(file, "user.lamella", new byte[] {1, 2, 3});
        Inodes.setXattr(file, "user.empty", new byte[0]);
        assertThat(Files.getAttribute(file, "user:lamella")).isEqualTo(new byte[] {1, 2, 3});
        assertThat(Files.getAttribute(file, "user:empty")).isEqualTo(new byte[0]);
        assertThatThrownBy(() -> Inodes.setXattr(directory.resolve("absent"), "user.a", new byte[0]))
                .isInstanceOfSatisfying(
                        LinuxException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOENT));
    }

    @Test
    void aFileCapabilitySurvives() {
        Root.assumed();
        Root.assumedProgram("getcap");
        Path file = directory.resolve("f");
        assertThat(Command.run(Duration.ofSeconds(10), List.of("cp", "/bin/true", file.toString()))
                        .ok())
                .isTrue();
        // struct vfs_cap_data, revision 2, effective: permitted CAP_NET_RAW (bit 13)
        Inodes.setXattr(
                file, "security.capability", new byte[] {1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
                });
        assertThat(Command.run(Duration.ofSeconds(10), List.of("getcap", file.toString()))
                        .output())
                .contains("cap_net_raw=ep");
    }

    @Test
    void freeSpaceIsTold() {
        Inodes.syncDirectory(directory);
        assertThat(Inodes.freeBytes(directory)).isPositive();
        assertThatThrownBy(() -> Inodes.freeBytes(directory.resolve("absent"))).isInstanceOf(LinuxException.class);
        assertThatThrownBy(() -> Inodes.syncDirectory(directory.resolve("absent")))
                .isInstanceOf(LinuxException.class);
    }

    @Test
    void aTreeIsRemovedAndWhatItsLinksPointAtStays() throws IOException {
        Path kept = Files.createDirectories(directory.resolve("kept/inside"));
        Path tree = Files.createDirectories(directory.resolve("tree"));
        Path inner = Files.createDirectories(tree.resolve("a/b/c"));
        Files.createDirectory(tree.resolve("a/empty"));
        Files.createSymbolicLink(inner.resolve("link"), kept);
        Files.createSymbolicLink(tree.resolve("up"), Path.of(".."));
        Files.writeString(inner.resolve("file"), "x");
        Inodes.makeFifo(tree.resolve("pipe"), 0600);
        Inodes.deleteTree(tree);
        assertThat(tree).doesNotExist();
        assertThat(kept).isDirectory();

        Path link = Files.createSymbolicLink(directory.resolve("l"), kept);
        Inodes.deleteTree(link);
        assertThat(Files.exists(link, LinkOption.NOFOLLOW_LINKS)).isFalse();
        assertThat(kept).isDirectory();
        Inodes.deleteTree(directory.resolve("absent/too"));
        Inodes.deleteTree(Files.createFile(directory.resolve("file")));
        assertThat(directory.resolve("file")).doesNotExist();
    }

    @Test
    void aTreeDeeperThanAnyPathIsRemoved() throws IOException {
        Path tree = Files.createDirectory(directory.resolve("deep"));
        String name = "d".repeat(200);
        // the kernel takes no path of more than 4096 bytes, so the tree grows from below
        for (int i = 0; i < 60; i++) {
            Path next = Files.createDirectory(directory.resolve("next"));
            Files.writeString(next.resolve("file"), "x");
            Files.move(tree, next.resolve(name));
            Files.move(next, tree);
        }
        Inodes.deleteTree(tree);
        assertThat(tree).doesNotExist();
    }

    @Test
    void aTreeWithAMountInsideIsRefusedUntouched() throws IOException {
        Root.assumed();
        Path tree = Files.createDirectories(directory.resolve("tree"));
        Path mounted = Files.createDirectories(tree.resolve("a/m"));
        Path file = Files.writeString(tree.resolve("file"), "x");
        Mounts.tmpfs(mounted, 4096, 0755);
        try {
            Files.createFile(mounted.resolve("precious"));
            assertThatThrownBy(() -> Inodes.deleteTree(tree))
                    .isInstanceOfSatisfying(
                            LinuxException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EBUSY))
                    .hasMessageContaining("a/m");
            assertThat(file).exists();
            // even where the list of mounts has been overtaken
            assertThatThrownBy(() -> TreeRemoval.remove(tree)).isInstanceOf(IOException.class);
            assertThat(Mounts.isMounted(tree.resolve("a/m")) ? mounted.resolve("precious") : tree)
                    .exists();
        } finally {
            Mounts.list().reversed().stream()
                    .map(Mount::target)
                    .filter(target -> target.startsWith(directory))
                    .forEach(Mounts::unmount);
        }
        Inodes.deleteTree(tree);
        assertThat(tree).doesNotExist();
    }

    @Test
    void theRuntimeHasWhatRemovalNeeds() throws IOException {
        try (var stream = Files.newDirectoryStream(directory)) {
            assertThat(stream).isInstanceOf(SecureDirectoryStream.class);
        }
    }

    private static Object unix(Path path, String attribute) throws IOException {
        return Files.getAttribute(path, "unix:" + attribute, LinkOption.NOFOLLOW_LINKS);
    }
}
