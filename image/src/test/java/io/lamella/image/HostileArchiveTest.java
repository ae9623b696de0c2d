package io.lamella.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archives that want out of their directory, or more than there is. Each is refused and leaves nothing. */
class HostileArchiveTest {
    @TempDir
    Path temp;

    StoreFixture fixture;

    @BeforeEach
    void open() {
        fixture = new StoreFixture(temp);
    }

    @Test
    void absoluteNames() {
        assertThat(fixture.refused(TarForge.root().file("/etc/passwd", "x").bytes()))
                .contains("\"/etc/passwd\" is an absolute name");
        assertThat(fixture.refused(
                        TarForge.root().pax("path", "/x").file("x", "").bytes()))
                .contains("absolute");
    }

    @Test
    void parentsInNames() {
        for (String name : new String[] {"../x", "etc/../../x", "etc/..", "./.././x"}) {
            assertThat(fixture.refused(TarForge.root().file(name, "x").bytes())).contains("\"..\"");
        }
        assertThat(temp.resolve("x")).doesNotExist();
    }

    @Test
    void entriesBelowALink() throws IOException {
        Path outside = Files.createDirectory(temp.resolve("outside"));
        assertThat(fixture.refused(TarForge.root()
                        .symlink("link", outside.toString())
                        .file("link/x", "x")
                        .bytes()))
                .contains("\"link/x\" lies below \"link\", which is no directory");
        assertThat(fixture.refused(TarForge.root()
                        .directory("d/")
                        .file("d/1", "")
                        .symlink("d", outside.toString())
                        .file("d/2", "x")
                        .bytes()))
                .contains("lies below");
        assertThat(outside).isEmptyDirectory();
    }

    @Test
    void aDirectoryEntryOverALinkReplacesTheLink() throws IOException {
        Path outside = Files.createDirectory(temp.resolve("outside"));
        Path root = fixture.tree(TarForge.root()
                .symlink("link", outside.toString())
                .directory("link/")
                .file("link/x", "x")
                .bytes());
        assertThat(root.resolve("link/x")).hasContent("x");
        assertThat(outside).isEmptyDirectory();
    }

    @Test
    void hardLinksToWhatIsNotAFileOfTheArchive() {
        for (String target : new String[] {"etc/nothing", "etc", "etc/self"}) {
            assertThat(fixture.refused(TarForge.root()
                            .symlink("etc/self", "/etc/shadow")
                            .hardLink("etc/stolen", target)
                            .bytes()))
                    .contains("\"etc/stolen\" is a hard link to")
                    .contains("which is no file unpacked before it");
        }
        assertThat(fixture.refused(TarForge.root().hardLink("x", "/etc/shadow").bytes()))
                .contains("absolute");
        assertThat(fixture.refused(TarForge.root().hardLink("x", "../../shadow").bytes()))
                .contains("\"..\"");
        assertThat(fixture.refused(TarForge.root()
                        .symlink("out", "/etc")
                        .hardLink("x", "out/shadow")
                        .bytes()))
                .contains("hard link");
        assertThat(fixture.refused(
                        TarForge.root().hardLink("etc", "etc/hostname").bytes()))
                .contains("hard link");
    }

    @Test
    void deviceNodesOutsideOfDev() {
        assertThat(fixture.refused(TarForge.root().entry('4', "etc/disk", "", 0).bytes()))
                .contains("\"etc/disk\" is a device node outside of /dev");
        assertThat(fixture.refused(TarForge.root().entry('3', "dev", "", 0).bytes()))
                .contains("device node");
    }

    @Test
    void ownersThatNoInstanceHas() {
        assertThat(fixture.refused(TarForge.root().owner(65536, 0).file("a", "").bytes()))
                .contains("\"a\" belongs to user 65536 and group 0");
        assertThat(fixture.refused(TarForge.root().owner(0, -2).file("a", "").bytes()))
                .contains("group -2");
        assertThat(fixture.refused(TarForge.root()
                        .pax("uid", "4294967295")
                        .symlink("a", "b")
                        .bytes()))
                .contains("4294967295");
    }

    @Test
    void aRootThatIsNoDirectory() {
        assertThat(fixture.refused(new TarForge().symlink("./", "/etc").bytes()))
                .contains("root is no directory");
        assertThat(fixture.refused(new TarForge().file(".", "x").bytes())).contains("root is no directory");
    }

    @Test
    void namesThatNoFileCanHave() {
        byte[] latin = new TarForge().header('0', new byte[] {'b', (byte) 0xe9}, "", 0);
        assertThat(fixture.refused(TarForge.root().raw(latin).bytes())).contains("is not valid UTF-8");
        assertThat(fixture.refused(
                        TarForge.root().pax("path", "a\0b").file("x", "").bytes()))
                .contains("zero byte");
        assertThat(fixture.refused(TarForge.root()
                        .pax("path", "a".repeat(256))
                        .file("x", "")
                        .bytes()))
                .contains("more than 255 bytes");
        assertThat(fixture.refused(TarForge.root()
                        .pax("path", "aaaaaaa/".repeat(600))
                        .file("x", "")
                        .bytes()))
                .contains("bytes");
        assertThat(fixture.refused(TarForge.root().entry('0', "", "", 0).bytes()))
                .contains("no name");
        assertThat(fixture.refused(
                        TarForge.root().file("\u001b[31mred\u202e/../x", "").bytes()))
                .doesNotContain("\u001b")
                .doesNotContain("\u202e");
    }

    @Test
    void linksWithoutATarget() {
        assertThat(fixture.refused(TarForge.root().symlink("a", "").bytes())).contains("without a valid target");
        assertThat(fixture.refused(TarForge.root()
                        .pax("linkpath", "a\0b")
                        .symlink("a", "b")
                        .bytes()))
                .contains("without a valid target");
    }

    @Test
    void typesThatCannotBeUnpacked() {
        assertThat(fixture.refused(TarForge.root().entry('M', "part", "", 0).bytes()))
                .contains("\"part\" is of a type that cannot be unpacked (\"M\")");
    }

    @Test
    void endsThatComeEarly() {
        byte[] whole = TarForge.root().file("big", new byte[5000]).bytes();
        for (int cut : new int[] {513, 600, 1200, 2100, 4000, whole.length - 1024}) {
            assertThat(fixture.refused(Arrays.copyOf(whole, cut))).contains("the archive ends early at byte ");
        }
        byte[] gzip = StoreFixture.gzip(whole);
        assertThat(fixture.refused(Arrays.copyOf(gzip, gzip.length - 4))).contains("ends early at byte");
    }

    @Test
    void damagedHeaders() {
        byte[] whole = TarForge.root().file("big", new byte[5000]).bytes();
        whole[1024] ^= 1;
        assertThat(fixture.refused(whole)).contains("damaged: there is no entry at byte 1024");
        byte[] size = new TarForge().header('0', "x".getBytes(StandardCharsets.UTF_8), "", 0);
        size[124] = '9';
        assertThat(fixture.refused(TarForge.root().raw(TarForge.sealed(size)).bytes()))
                .contains("number in the header");
        assertThat(fixture.refused(TarForge.root().entry('0', "x", "", -5).bytes()))
                .contains("negative");
        assertThat(fixture.refused(
                        TarForge.root().entry('0', "x", "", Long.MAX_VALUE).bytes()))
                .isNotEmpty();
        for (String record :
                new String[] {"5 a=b\n", "99 a=b\n", "a=b\n", "7 ab\n", "6 a=b\nx", "99999999999999 a=b\n"}) {
            assertThat(fixture.refused(TarForge.root()
                            .paxBytes('x', record.getBytes(StandardCharsets.UTF_8))
                            .file("x", "")
                            .bytes()))
                    .contains("extended header is malformed");
        }
        for (String time : new String[] {"1e999999999", "x", "1E-999999999", "99999999999999999999"}) {
            assertThat(fixture.refused(
                            TarForge.root().pax("mtime", time).file("x", "").bytes()))
                    .contains("malformed");
        }
    }

    @Test
    void headersWithoutAnEnd() {
        assertThat(fixture.refused(TarForge.root()
                        .entry('L', "././@LongLink", "", 1L << 40)
                        .bytes()))
                .contains("extended headers are longer than");
        TarForge endless = TarForge.root();
        for (int i = 0; i < 20; i++) {
            endless.pax("k" + i, "v".repeat(100_000));
        }
        assertThat(fixture.refused(endless.file("x", "").bytes())).contains("extended headers are longer than");
        TarForge global = TarForge.root();
        for (int i = 0; i < 20; i++) {
            global.paxBytes('g', TarForge.record("k" + i, new byte[100_000])).file("f" + i, "");
        }
        assertThat(fixture.refused(global.bytes())).contains("extended headers are longer than");
    }

    @Test
    void sparseMapsThatLie() {
        assertThat(fixture.refused(TarForge.root()
                        .pax("GNU.sparse.major", "1", "GNU.sparse.realsize", "10")
                        .file("x", "2\n0\n5\n3\n5\n")
                        .bytes()))
                .contains("sparse");
        assertThat(fixture.refused(TarForge.root()
                        .pax("GNU.sparse.size", "5", "GNU.sparse.map", "0,9")
                        .file("x", "123456789")
                        .bytes()))
                .contains("sparse map of \"x\"");
        assertThat(fixture.refused(TarForge.root()
                        .pax("GNU.sparse.size", "900000000000000000", "GNU.sparse.map", "899999999999999999,1")
                        .file("x", "1")
                        .bytes()))
                .contains("larger than");
    }

    @Test
    void moreThanIsAllowed() {
        StoreFixture small = new StoreFixture(temp.resolve("small"), new ImageLimits(100_000, 50, 10, 250));
        assertThat(small.refused(TarForge.root().file("x", new byte[100_001]).bytes()))
                .contains("larger than");
        TarForge many = TarForge.root();
        for (int i = 0; i < 50; i++) {
            many.file("f" + i, "");
        }
        assertThat(small.refused(many.bytes())).contains("more than 50 entries");
        assertThat(small.refused(
                        TarForge.root().file("a/b/c/d/e/f/g/h/i/j/k", "").bytes()))
                .contains("more than 10 directories");
    }

    @Test
    void aCompressionBomb() {
        byte[] zeros = new byte[80 << 20];
        byte[] bomb = StoreFixture.gzip(TarForge.root().file("zeros", zeros).bytes());
        assertThat(fixture.refused(bomb)).contains("250 times larger than the archive itself");
    }

    @Test
    void noRootFileSystem() {
        assertThat(fixture.refused(new TarForge().file("rootfs/etc/passwd", "").bytes()))
                .contains("it is not a root file system: it has none of /bin, /sbin, /usr and /etc");
        assertThat(fixture.refused(new byte[10240])).contains("not a root file system");
    }
}
