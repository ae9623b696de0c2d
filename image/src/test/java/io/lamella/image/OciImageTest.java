package io.lamella.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.lamella.compute.ImageStore.Content;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OciImageTest {
    private static final String NODE = OciImage.architecture();
    private static final String OTHER = NODE.equals("riscv64") ? "s390x" : "riscv64";
    private static final byte[] BASE = StoreFixture.gzip(TarForge.root()
            .directory("d/")
            .file("d/a", "low")
            .file("d/b", "low")
            .directory("o/")
            .file("o/old", "low")
            .file("o/kept", "low")
            .bytes());

    @TempDir
    Path temp;

    StoreFixture fixture;
    final OciForge forge = new OciForge();

    @BeforeEach
    void open() {
        fixture = new StoreFixture(temp);
    }

    @Test
    void layersLieOnEachOtherWithWhiteouts() throws Exception {
        byte[] second = StoreFixture.filter(
                TarForge.root()
                        .file("d/.wh.a", "")
                        .file("o/new", "high")
                        .file("o/kept", "high")
                        .file("o/.wh..wh..opq", "") // after what the same layer brings
                        .directory(".wh..wh.plnk/")
                        .bytes(),
                "zstd",
                "-c");
        String image = forge.image(NODE, "", BASE, second);
        Content content = fixture.unpack(forge.tar(OciForge.index(image)));
        assertThat(content.format()).isEqualTo("oci");
        assertThat(image).contains(content.digest());
        Path root = fixture.rootfs(content.digest());
        assertThat(root.resolve("d").toFile().list()).containsExactly("b");
        assertThat(root.resolve("o").toFile().list()).containsExactlyInAnyOrder("new", "kept");
        assertThat(root.resolve("o/kept")).hasContent("high");
        assertThat(root.resolve("etc/hostname")).hasContent("forged");
        assertThat(content.files()).isEqualTo(7);
        assertThat(content.size()).isEqualTo("forged".length() + 3 + 4 + 4);
    }

    @Test
    void whiteoutsStayInside() throws Exception {
        Path outside = java.nio.file.Files.createDirectory(temp.resolve("outside"));
        java.nio.file.Files.writeString(outside.resolve("precious"), "1");
        byte[] low = TarForge.root().symlink("out", outside.toString()).bytes();
        byte[] high = TarForge.root().file("out/.wh.precious", "").bytes();
        byte[] opaque = TarForge.root().file("out/.wh..wh..opq", "").bytes();
        fixture.unpack(forge.tar(OciForge.index(forge.image(NODE, "", low, high, opaque))));
        assertThat(outside.resolve("precious")).hasContent("1");
        for (String mark : new String[] {".wh.", ".wh..", ".wh...", "../.wh.x", "/.wh.x"}) {
            byte[] bad = TarForge.root().file(mark, "").bytes();
            OciForge hostile = new OciForge();
            StoreFixture other = new StoreFixture(temp.resolve("m" + mark.hashCode()));
            assertThat(other.refused(hostile.tar(OciForge.index(hostile.image(NODE, "", BASE, bad)))))
                    .isNotEmpty();
        }
    }

    @Test
    void theNodesPlatformIsPicked() {
        String mine = forge.image(NODE, OciForge.platform(NODE), BASE);
        String other = forge.image(OTHER, OciForge.platform(OTHER), BASE);
        String attestation = forge.descriptor(
                OciForge.MANIFEST,
                forge.blob(new byte[] {1}),
                ",\"platform\":{\"os\":\"unknown\",\"architecture\":\"unknown\"}");
        String nested = forge.blob(OciForge.index(other, mine, attestation).getBytes(StandardCharsets.UTF_8));
        byte[] tar = forge.tar(OciForge.index(forge.descriptor(OciForge.INDEX, nested, "")));
        assertThat(mine).contains(fixture.unpack(tar).digest());
        assertThat(fixture.unpack(StoreFixture.gzip(tar)).digest())
                .isEqualTo(fixture.unpack(tar).digest());
    }

    @Test
    void anotherPlatformIsRefusedByName() {
        assertThat(fixture.refused(forge.tar(OciForge.index(forge.image(OTHER, OciForge.platform(OTHER), BASE)))))
                .contains("it has no image for linux/" + NODE + ", but for \"linux/" + OTHER + "\"");
        assertThat(fixture.refused(forge.tar(OciForge.index(forge.image(OTHER, "", BASE)))))
                .contains("linux/" + OTHER);
        assertThat(fixture.refused(forge.tar(OciForge.index()))).contains("none at all");
    }

    @Test
    void severalImagesAreRefusedByName() {
        String name = ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"";
        String a = forge.image(NODE, name + "one\"}", BASE);
        String b = forge.image(NODE, name + "two\"}", BASE, BASE);
        assertThat(fixture.refused(forge.tar(OciForge.index(a, b)))).contains("several images", "one, two");
    }

    @Test
    void everyBlobIsVerified() {
        String image = forge.image(NODE, "", BASE);
        String layer = OciForge.hex(BASE);
        byte[] damaged = BASE.clone();
        damaged[20] ^= 1;
        forge.blobs.put(layer, damaged);
        assertThat(fixture.refused(forge.tar(OciForge.index(image))))
                .contains("the blob " + layer + " in it does not have the content that its name promises");
        forge.blobs.remove(layer);
        assertThat(fixture.refused(forge.tar(OciForge.index(image)))).contains("the blob " + layer + " is missing");
        forge.blob(BASE);
        assertThat(fixture.refused(forge.tar(OciForge.index(image.replaceFirst("\"size\":\\d+", "\"size\":17")))))
                .contains("bytes instead of 17");
    }

    @Test
    void layoutsThatAreNone() {
        assertThat(fixture.refused(new TarForge()
                        .file("manifest.json", "[]")
                        .file("repositories", "{}")
                        .bytes()))
                .contains("docker save")
                .contains("OCI image layout");
        assertThat(fixture.refused(
                        new TarForge().directory("0".repeat(64) + "/").bytes()))
                .contains("no oci-layout");
        assertThat(fixture.refused(new TarForge()
                        .file("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}")
                        .bytes()))
                .contains("no index.json");
        assertThat(fixture.refused(
                        new TarForge().symlink("oci-layout", "/etc/shadow").bytes()))
                .contains("no plain file");
        assertThat(fixture.refused(new TarForge()
                        .symlink("blobs/sha256/" + "0".repeat(64), "/etc/shadow")
                        .bytes()))
                .contains("no plain file");
    }

    @Test
    void documentsThatAreNone() {
        String deep = "[".repeat(100_000);
        String[] indexes = {
            "",
            "nonsense",
            "[]",
            "{\"manifests\":5}",
            "{\"manifests\":[5]}",
            "{\"manifests\":[{}]}",
            "{\"manifests\":[{\"digest\":\"sha256:../../x\",\"size\":1}]}",
            "{\"manifests\":" + deep,
            "{\"manifests\":[{\"digest\":\"sha256:" + "0".repeat(64) + "\",\"size\":-1}]}",
            "{\"manifests\":[{\"digest\":\"sha256:" + "0".repeat(64) + "\",\"size\":99999999999}]}"
        };
        for (String index : indexes) {
            assertThat(fixture.refused(forge.tar(index))).startsWith("the archive is refused: ");
        }
        String artifact = forge.blob("{\"config\":{},\"layers\":[]}".getBytes(StandardCharsets.UTF_8));
        assertThat(fixture.refused(forge.tar(OciForge.index(forge.descriptor(OciForge.MANIFEST, artifact, "")))))
                .contains("\"digest\"");
        byte[] long4 = new byte[OciJson.LIMIT + 1];
        Arrays.fill(long4, (byte) ' ');
        assertThat(fixture.refused(forge.tar(new String(long4, StandardCharsets.UTF_8))))
                .contains("longer than");
    }

    @Test
    void aLayerThatWantsOut() {
        byte[] bad = TarForge.root().file("../x", "").bytes();
        assertThat(fixture.refused(forge.tar(OciForge.index(forge.image(NODE, "", BASE, bad)))))
                .contains("\"..\"");
        assertThat(fixture.refused(forge.tar(OciForge.index(forge.image(
                        NODE,
                        "",
                        TarForge.root().symlink("l", "/").bytes(),
                        TarForge.root().file("l/x", "").bytes())))))
                .contains("lies below");
    }
}
