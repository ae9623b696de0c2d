package io.lamella.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MountsTest {
    private static final long FIRST = 1_000_000;

    @TempDir
    Path directory;

    @BeforeEach
    void root() {
        Root.assumed();
    }

    @AfterEach
    void clean() {
        for (Mount mount : Mounts.list().reversed()) {
            if (mount.target().startsWith(directory)) {
                Mounts.unmount(mount.target());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "with space", "with,comma", "with:colon", "with\\backslash", "with,\\:all \"#"})
    void anImageIsSeenWithShiftedOwnersThroughAnOverlay(String name) throws IOException {
        Path base = Files.createDirectory(directory.resolve(name));
        Path image = Files.createDirectory(base.resolve("image"));
        Path tool = Files.writeString(image.resolve("tool"), "from the image");
        Files.setAttribute(tool, "unix:uid", 0);
        Files.createSymbolicLink(image.resolve("link"), Path.of("tool"));
        Files.setAttribute(Files.writeString(image.resolve("other"), ""), "unix:gid", 33);
        Path lower = Files.createDirectory(base.resolve("lower"));
        Path upper = Files.createDirectory(base.resolve("upper"));
        Path work = Files.createDirectory(base.resolve("work"));
        Path merged = Files.createDirectory(base.resolve("merged"));

        try (UserNamespace namespace = UserNamespace.create(FIRST, 65536)) {
            Mounts.idmap(image, lower, namespace);
        }
        Mounts.overlay(lower, upper, work, merged);

        assertThat(owner(merged.resolve("tool"), "uid")).isEqualTo((int) FIRST);
        assertThat(owner(merged.resolve("link"), "uid")).isEqualTo((int) FIRST);
        assertThat(owner(merged.resolve("other"), "gid")).isEqualTo((int) FIRST + 33);
        assertThatThrownBy(() -> Files.writeString(lower.resolve("tool"), "x")).hasMessageContaining("Read-only");
        Files.writeString(merged.resolve("tool"), "changed");
        assertThat(Files.readString(tool)).isEqualTo("from the image");
        assertThat(owner(upper.resolve("tool"), "uid")).isEqualTo((int) FIRST);
        Mount overlay = Mounts.list().stream()
                .filter(mount -> mount.target().equals(merged))
                .findFirst()
                .orElseThrow();
        assertThat(overlay.type()).isEqualTo("overlay");
        assertThat(List.of(overlay.options().split(",", -1))).contains("nodev").doesNotContain("nosuid");
    }

    @Test
    void unmountingMayBeRepeatedAndDetachesWhatIsBusy() throws IOException {
        Path target = Files.createDirectory(directory.resolve("t"));
        Mounts.tmpfs(target, 1 << 20, 0750);
        assertThat(Mounts.isMounted(target)).isTrue();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target)))
                .isEqualTo("rwxr-x---");
        try (var busy = Files.newOutputStream(target.resolve("file"))) {
            Mounts.unmount(target);
            busy.write(1);
        }
        assertThat(Mounts.isMounted(target)).isFalse();
        Mounts.unmount(target);
        Mounts.unmount(directory.resolve("absent"));
    }

    @Test
    void aBindIsTheSameDirectory() throws IOException {
        Path source = Files.createDirectory(directory.resolve("s"));
        Path target = Files.createDirectory(directory.resolve("b"));
        Mounts.bind(source, target);
        Files.writeString(target.resolve("file"), "x");
        assertThat(source.resolve("file")).hasContent("x");
    }

    @Test
    void aMissingTargetIsNamedInTheError() {
        assertThatThrownBy(() -> Mounts.tmpfs(directory.resolve("absent"), 4096, 0755))
                .isInstanceOfSatisfying(
                        LinuxException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOENT))
                .hasMessageContaining("absent");
    }

    @Test
    void aNamespaceTheKernelRefusesIsAnError() {
        assertThatThrownBy(() -> UserNamespace.create(FIRST, 0)).isInstanceOf(LinuxException.class);
    }

    private static Object owner(Path path, String attribute) throws IOException {
        return Files.getAttribute(path, "unix:" + attribute, LinkOption.NOFOLLOW_LINKS);
    }
}
