package io.lamella.image;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static org.assertj.core.api.Assertions.assertThat;

import io.lamella.compute.ImageStore.Content;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What has to arrive on disk just as the archive says it. */
class TreeTest {
    @TempDir
    Path temp;

    StoreFixture fixture;

    @BeforeEach
    void open() {
        fixture = new StoreFixture(temp);
    }

    @Test
    void filesKeepContentOwnerModeAndTime() throws IOException {
        byte[] large = new byte[300_000];
        Arrays.fill(large, (byte) 7);
        Path root = fixture.tree(TarForge.root()
                .owner(33, 65535)
                .mode(06755)
                .file("usr/bin/tool", large)
                .owner(0, 0)
                .mode(01777)
                .directory("tmp/")
                .mode(0644)
                .file("empty", "")
                .bytes());
        Path tool = root.resolve("usr/bin/tool");
        assertThat(tool).hasBinaryContent(large);
        assertThat(StoreFixture.mode(tool)).isEqualTo(06755);
        assertThat(StoreFixture.attribute(tool, "unix:uid")).isEqualTo(33);
        assertThat(StoreFixture.attribute(tool, "unix:gid")).isEqualTo(65535);
        assertThat(Files.getLastModifiedTime(tool)).isEqualTo(FileTime.fromMillis(1_000_000_000_000L));
        assertThat(StoreFixture.mode(root.resolve("tmp"))).isEqualTo(01777);
        assertThat(root.resolve("empty")).isEmptyFile();
        assertThat(StoreFixture.mode(root.resolve("usr"))).isEqualTo(0755);
        assertThat(StoreFixture.mode(root)).isEqualTo(0755);
    }

    @Test
    void directoriesGetModeAndTimeAfterTheirContent() throws IOException {
        Path root = fixture.tree(TarForge.root()
                .mode(0555)
                .directory("usr/")
                .directory("usr/lib/")
                .mode(0644)
                .file("usr/lib/libc", "x")
                .bytes());
        assertThat(StoreFixture.mode(root.resolve("usr/lib"))).isEqualTo(0555);
        assertThat(Files.getLastModifiedTime(root.resolve("usr"))).isEqualTo(FileTime.fromMillis(1_000_000_000_000L));
        assertThat(Files.getLastModifiedTime(root.resolve("usr/lib")))
                .isEqualTo(FileTime.fromMillis(1_000_000_000_000L));
    }

    @Test
    void linksKeepTheirTargetsAndAreNeverFollowed() throws IOException {
        Path root = fixture.tree(TarForge.root()
                .symlink("etc/mtab", "../proc/self/mounts")
                .owner(5, 6)
                .symlink("sbin", "/usr/sbin")
                .hardLink("etc/name", "./etc/hostname")
                .bytes());
        assertThat(Files.readSymbolicLink(root.resolve("etc/mtab"))).hasToString("../proc/self/mounts");
        assertThat(Files.readSymbolicLink(root.resolve("sbin"))).hasToString("/usr/sbin");
        assertThat(StoreFixture.attribute(root.resolve("sbin"), "unix:uid")).isEqualTo(5);
        assertThat(Files.getLastModifiedTime(root.resolve("sbin"), NOFOLLOW_LINKS))
                .isEqualTo(FileTime.fromMillis(1_000_000_000_000L));
        assertThat(StoreFixture.attribute(root.resolve("etc/name"), "unix:ino"))
                .isEqualTo(StoreFixture.attribute(root.resolve("etc/hostname"), "unix:ino"));
    }

    @Test
    void aLaterEntryReplacesWithoutWritingThrough() throws IOException {
        Path victim = Files.writeString(temp.resolve("victim"), "untouched");
        Content content = fixture.unpack(TarForge.root()
                .symlink("etc/passwd", victim.toString())
                .file("etc/passwd", "root")
                .file("etc/hostname", "second")
                .hardLink("etc/alias", "etc/hostname")
                .file("etc/hostname", "third")
                .file("a", "file")
                .directory("a/")
                .file("a/b/c", "gone with its directory")
                .file("a", "12345")
                .bytes());
        Path root = fixture.rootfs(content.digest());
        assertThat(victim).hasContent("untouched");
        assertThat(root.resolve("etc/passwd")).hasContent("root").isRegularFile();
        assertThat(root.resolve("etc/hostname")).hasContent("third");
        assertThat(root.resolve("etc/alias")).hasContent("second");
        assertThat(root.resolve("a")).hasContent("12345");
        assertThat(content.files()).as("etc, hostname, alias, passwd, a").isEqualTo(5);
        assertThat(content.size()).isEqualTo("root".length() + "third".length() + "second".length() + 5);
    }

    @Test
    void devicesBelowDevAreLeftOutAndCounted() {
        Content content = fixture.unpack(TarForge.root()
                .directory("dev/")
                .entry('3', "dev/console", "", 0)
                .entry('4', "dev/sda", "", 0)
                .hardLink("dev/systty", "dev/console")
                .symlink("dev/fd", "/proc/self/fd")
                .bytes());
        assertThat(content.devicesLeftOut()).isEqualTo(3);
        Path dev = fixture.rootfs(content.digest()).resolve("dev");
        assertThat(dev.toFile().list()).containsExactly("fd");
    }

    @Test
    void pipesAreMade() throws IOException {
        Path root = fixture.tree(
                TarForge.root().mode(0620).entry('6', "run/initctl", "", 0).bytes());
        assertThat(StoreFixture.mode(root.resolve("run/initctl"))).isEqualTo(0620);
        assertThat(Files.readAttributes(root.resolve("run/initctl"), "*")).containsEntry("isOther", true);
    }

    @Test
    void capabilitiesKeepTheirBytesAndForeignAttributesAreDropped() throws Exception {
        // struct vfs_cap_data, revision 2, effective: permitted CAP_SETUID (bit 7), a byte that is no UTF-8
        byte[] capability = {1, 0, 0, 2, (byte) 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
        java.io.ByteArrayOutputStream records = new java.io.ByteArrayOutputStream();
        records.writeBytes(TarForge.record("SCHILY.xattr.security.capability", capability));
        records.writeBytes(TarForge.record("SCHILY.xattr.user.note", "kept".getBytes("UTF-8")));
        records.writeBytes(TarForge.record("SCHILY.xattr.trusted.overlay.opaque", "y".getBytes("UTF-8")));
        records.writeBytes(TarForge.record("SCHILY.xattr.security.selinux", "label".getBytes("UTF-8")));
        records.writeBytes(TarForge.record("SCHILY.xattr.user.overlay.opaque", "y".getBytes("UTF-8")));
        Path root = fixture.tree(TarForge.root()
                .paxBytes('x', records.toByteArray())
                .file("bin/ping", "program")
                .bytes());
        Path ping = root.resolve("bin/ping");
        UserDefinedFileAttributeView user = Files.getFileAttributeView(ping, UserDefinedFileAttributeView.class);
        assertThat(user.list()).containsExactly("note");
        byte[] shown = StoreFixture.filter(new byte[0], "getcap", ping.toString());
        assertThat(new String(shown, "UTF-8")).contains("cap_setuid=ep");
    }

    @Test
    void sparseFilesHaveTheirHoles() throws IOException {
        byte[] header = new TarForge().header('S', "disk".getBytes("UTF-8"), "", 3);
        number(header, 386, 1 << 20);
        number(header, 398, 3);
        number(header, 483, 4 << 20);
        Path root = fixture.tree(TarForge.root()
                .raw(TarForge.sealed(header))
                .data("abc".getBytes("UTF-8"))
                .bytes());
        byte[] expected = new byte[4 << 20];
        System.arraycopy("abc".getBytes("UTF-8"), 0, expected, 1 << 20, 3);
        assertThat(root.resolve("disk")).hasBinaryContent(expected);
    }

    @Test
    void longAndNonAsciiNamesArrive() {
        String deep = "d".repeat(120) + "/" + "é".repeat(60);
        Path root = fixture.tree(TarForge.root()
                .pax("path", deep)
                .file("short", "1")
                .longName('L', deep + "2")
                .longName('K', "t".repeat(200))
                .symlink("short", "short")
                .bytes());
        assertThat(root.resolve(deep)).hasContent("1");
        assertThat(root.resolve(deep + "2")).isSymbolicLink();
    }

    @Test
    void oddHeadersOfOldTarsAreRead() throws IOException {
        byte[] v7 = new TarForge().header('\0', "lib/".getBytes("UTF-8"), "", 0);
        Arrays.fill(v7, 257, 265, (byte) 0);
        Path root = fixture.tree(TarForge.root()
                .raw(TarForge.sealed(v7))
                .pax("mtime", "1234567890.25", "comment", "nothing")
                .file("lib/x", "y")
                .entry('V', "label", "", 0)
                .bytes());
        assertThat(root.resolve("lib")).isDirectory();
        assertThat(Files.getLastModifiedTime(root.resolve("lib/x"))).isEqualTo(FileTime.fromMillis(1234567890250L));
    }

    @Test
    void globalHeadersHoldForWhatFollows() throws IOException {
        Path root = fixture.tree(TarForge.root()
                .paxBytes('g', TarForge.record("uid", "77".getBytes("UTF-8")))
                .file("a", "")
                .pax("uid", "78")
                .file("b", "")
                .bytes());
        for (Map.Entry<String, Integer> e : Map.of("a", 77, "b", 78).entrySet()) {
            assertThat(StoreFixture.attribute(root.resolve(e.getKey()), "unix:uid"))
                    .isEqualTo(e.getValue());
        }
    }

    private static void number(byte[] header, int offset, long value) throws IOException {
        byte[] digits = String.format(java.util.Locale.ROOT, "%011o ", value).getBytes("US-ASCII");
        System.arraycopy(digits, 0, header, offset, 12);
    }
}
