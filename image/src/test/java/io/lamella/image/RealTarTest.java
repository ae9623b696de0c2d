package io.lamella.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lamella.compute.ImageStore.Content;
import io.lamella.linux.Command;
import io.lamella.linux.Inodes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A root file system as Yocto makes it, packed by GNU tar in all of its formats, arrives as it was. */
class RealTarTest {
    @TempDir
    Path temp;

    StoreFixture fixture;
    Path yocto;

    @BeforeEach
    void makeRoot() throws IOException {
        fixture = new StoreFixture(temp);
        assumeTrue(Command.find("tar").isPresent(), "tar is not installed");
        yocto = Files.createDirectory(temp.resolve("yocto"));
        for (String directory : List.of("usr/lib/systemd", "usr/bin", "etc/init.d", "dev", "run", "var/volatile/tmp")) {
            Files.createDirectories(yocto.resolve(directory));
        }
        Files.createSymbolicLink(yocto.resolve("lib"), Path.of("usr/lib"));
        Files.createSymbolicLink(yocto.resolve("bin"), Path.of("usr/bin"));
        Files.createSymbolicLink(yocto.resolve("var/tmp"), Path.of("volatile/tmp"));
        Files.createSymbolicLink(yocto.resolve("etc/mtab"), Path.of("/proc/mounts"));
        Files.createSymbolicLink(yocto.resolve("usr/bin/sh"), Path.of("/usr/bin/busybox.nosuid"));
        Files.writeString(yocto.resolve("usr/bin/busybox.suid"), "suid");
        Files.writeString(yocto.resolve("usr/bin/busybox.nosuid"), "nosuid");
        Files.createLink(yocto.resolve("usr/bin/[["), yocto.resolve("usr/bin/busybox.nosuid"));
        Files.writeString(yocto.resolve("usr/lib/" + "x".repeat(90) + "-é.so"), "long");
        try (FileChannel disk =
                FileChannel.open(yocto.resolve("var/disk"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (int i = 0; i < 60; i++) { // more extents than one sparse header holds
                disk.write(ByteBuffer.wrap(new byte[] {'x'}), i * 65_536L + 5);
            }
            disk.write(ByteBuffer.allocate(1), 5_000_000);
        }
        Inodes.makeFifo(yocto.resolve("run/initctl"), 0600);
        Inodes.lchown(yocto.resolve("usr/bin/busybox.suid"), 1000, 65534);
        Inodes.chmod(yocto.resolve("usr/bin/busybox.suid"), 04755);
        Inodes.chmod(yocto.resolve("var/volatile/tmp"), 01777);
        Inodes.chmod(yocto.resolve("etc/init.d"), 0555);
        Inodes.setModified(yocto.resolve("etc"), Instant.ofEpochSecond(1_300_000_000));
        assumeTrue(run("mknod", yocto.resolve("dev/console").toString(), "c", "5", "1"), "device nodes cannot be made");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gnu", "posix", "oldgnu"})
    void everyFormatOfGnuTar(String format) throws IOException {
        assertThat(unpacked("--format=" + format)).isEqualTo(described(yocto));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0", "0.1", "1.0"})
    void everySparseForm(String version) throws IOException {
        assertThat(unpacked("--format=posix", "--sparse", "--sparse-version=" + version))
                .isEqualTo(described(yocto));
        assertThat(Files.readAllBytes(yocto.resolve("var/disk"))[59 * 65_536 + 5])
                .isEqualTo((byte) 'x');
    }

    @Test
    void theOldSparseForm() throws IOException {
        assertThat(unpacked("--format=gnu", "--sparse")).isEqualTo(described(yocto));
    }

    @Test
    void theOldestFormats() throws IOException {
        Files.delete(yocto.resolve("run/initctl"));
        Files.move(yocto.resolve("usr/lib/" + "x".repeat(90) + "-é.so"), yocto.resolve("usr/lib/short.so"));
        assertThat(unpacked("--format=ustar")).isEqualTo(described(yocto));
        Files.delete(yocto.resolve("dev/console"));
        assertThat(unpacked("--format=v7")).isEqualTo(described(yocto));
    }

    private Map<String, String> unpacked(String... options) throws IOException {
        Path tar = temp.resolve("yocto.tar");
        List<String> command = new ArrayList<>(List.of("tar", "-C", yocto.toString(), "--numeric-owner"));
        command.addAll(List.of(options));
        command.addAll(List.of("-cf", tar.toString(), "."));
        assertThat(run(command.toArray(String[]::new))).isTrue();
        Content content = fixture.unpack(Files.readAllBytes(tar));
        Map<String, String> description = described(fixture.rootfs(content.digest()));
        fixture.store.delete(content.digest());
        return description;
    }

    /** All that matters of a tree, but for devices; times by the second, which is what all formats hold. */
    private static Map<String, String> described(Path root) throws IOException {
        Map<String, String> description = new TreeMap<>();
        try (Stream<Path> walk = Files.walk(root)) {
            for (Path path : walk.toList()) {
                Map<String, Object> a = Files.readAttributes(path, "unix:*", LinkOption.NOFOLLOW_LINKS);
                int mode = (int) Objects.requireNonNull(a.get("mode"));
                int type = mode & 0170000;
                if (type == 0020000) {
                    continue;
                }
                String content = type == 0120000
                        ? Files.readSymbolicLink(path).toString()
                        : type == 0100000 ? java.util.Arrays.hashCode(Files.readAllBytes(path)) + "" : "";
                long seconds = Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS)
                        .toInstant()
                        .getEpochSecond();
                description.put(
                        root.relativize(path).toString(),
                        Integer.toOctalString(mode) + " " + a.get("uid") + ":" + a.get("gid") + " "
                                + (type == 0040000 ? "" : a.get("nlink") + " ") + seconds + " " + content);
            }
        }
        return description;
    }

    private static boolean run(String... command) {
        return Command.run(Duration.ofSeconds(20), List.of(command)).ok();
    }
}
