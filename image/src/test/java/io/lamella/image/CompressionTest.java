package io.lamella.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lamella.compute.ImageStore.Content;
import io.lamella.model.Refusal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All forms that archives come in, told by their content. */
class CompressionTest {
    private static final byte[] TAR = TarForge.root().bytes();

    @TempDir
    Path temp;

    StoreFixture fixture;

    @BeforeEach
    void open() {
        fixture = new StoreFixture(temp);
    }

    private void accepts(byte[] archive) throws Exception {
        Content content = fixture.unpack(archive);
        assertThat(fixture.rootfs(content.digest()).resolve("etc/hostname")).hasContent("forged");
        assertThat(content.digest())
                .isEqualTo("sha256:"
                        + HexFormat.of()
                                .formatHex(MessageDigest.getInstance("SHA-256").digest(archive)));
        assertThat(content.format()).isEqualTo("tar");
    }

    @Test
    void plainWithWhateverFollowsTheEnd() throws Exception {
        accepts(TAR);
        accepts(concat(TAR, new byte[9216]));
        accepts(concat(TAR, "trailing bytes".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void gzipInSeveralMembers() throws Exception {
        accepts(StoreFixture.gzip(TAR));
        byte[] first = Arrays.copyOf(TAR, 700);
        byte[] second = Arrays.copyOfRange(TAR, 700, TAR.length);
        accepts(concat(StoreFixture.gzip(first), StoreFixture.gzip(second)));
    }

    @Test
    void xzInSeveralStreams() throws Exception {
        accepts(StoreFixture.filter(TAR, "xz", "-9"));
        byte[] first = StoreFixture.filter(Arrays.copyOf(TAR, 700), "xz");
        byte[] second = StoreFixture.filter(Arrays.copyOfRange(TAR, 700, TAR.length), "xz");
        accepts(concat(first, second));
    }

    @Test
    void zstdInSeveralFrames() throws Exception {
        accepts(StoreFixture.filter(TAR, "zstd", "-c"));
        byte[] skippable = {0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4};
        byte[] first = StoreFixture.filter(Arrays.copyOf(TAR, 700), "zstd", "-c");
        byte[] second = StoreFixture.filter(Arrays.copyOfRange(TAR, 700, TAR.length), "zstd", "-c");
        accepts(concat(skippable, first, second));
    }

    @Test
    void zstdWithALongWindow() throws Exception {
        byte[] noise = new byte[12 << 20];
        new Random(1).nextBytes(noise);
        byte[] tar = TarForge.root().file("a", noise).file("b", noise).bytes();
        byte[] zstd = StoreFixture.filter(tar, "zstd", "-c", "-3", "--long=27");
        assertThat(zstd.length).as("the second copy was found").isLessThan(noise.length * 3 / 2);
        Path root = fixture.tree(zstd);
        assertThat(root.resolve("b")).hasBinaryContent(noise);
    }

    @Test
    void truncatedAndDamagedOnes() throws Exception {
        byte[] noise = new byte[200_000];
        new Random(1).nextBytes(noise);
        byte[] tar = TarForge.root().file("noise", noise).bytes();
        byte[][] archives = {
            StoreFixture.gzip(tar), StoreFixture.filter(tar, "xz"), StoreFixture.filter(tar, "zstd", "-c")
        };
        for (byte[] archive : archives) {
            assertThat(fixture.refused(Arrays.copyOf(archive, archive.length / 2)))
                    .contains("ends early at byte");
            byte[] damaged = archive.clone();
            for (int i = 0; i < 20; i++) {
                damaged[damaged.length / 2 + i] ^= 0x55;
            }
            assertThat(fixture.refused(damaged)).contains("the archive is damaged: its");
        }
    }

    @Test
    void xzThatWantsTooMuchMemory() throws Exception {
        assertThat(fixture.refused(StoreFixture.filter(TAR, "xz", "--lzma2=dict=256MiB")))
                .contains("MiB of memory");
    }

    @Test
    void otherThingsAreNamed() {
        assertThat(fixture.refused(new byte[0])).isEqualTo("the archive is empty");
        assertThat(fixture.refused(padded("BZh91AY&SY"))).contains("it is bzip2 data");
        assertThat(fixture.refused(padded("PK\u0003\u0004"))).contains("it is a zip file");
        assertThat(fixture.refused(padded("<!DOCTYPE html>"))).contains("it is a web page");
        assertThat(fixture.refused(padded("hello")))
                .contains("its first block is neither a tar header nor a boot sector");
        assertThat(fixture.refused("hello".getBytes(StandardCharsets.UTF_8))).contains("ends early at byte 5");
        assertThat(fixture.refused(StoreFixture.gzip(StoreFixture.gzip(TAR)))).contains("early");
    }

    @Test
    void theAnnouncedSizeAndTheDigestHaveToFit() {
        assertThatThrownBy(() -> unpack(Optional.empty(), TAR.length + 1))
                .hasMessage("the archive ends early at byte " + TAR.length + " of " + (TAR.length + 1));
        assertThatThrownBy(() -> unpack(Optional.empty(), TAR.length - 1)).hasMessageContaining("longer than");
        assertThatThrownBy(() -> unpack(Optional.of("0".repeat(64)), -1))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("not the expected one: its digest is sha256:");
        assertThatThrownBy(() -> unpack(Optional.of("xyz"), -1)).hasMessageContaining("64 hexadecimal digits");
        assertThat(fixture.left()).isEmpty();
        String digest = fixture.unpack(TAR).digest();
        assertThat(unpack(Optional.of(digest.substring(7).toUpperCase(java.util.Locale.ROOT)), -1)
                        .digest())
                .isEqualTo(digest);
        assertThatThrownBy(() -> fixture.store.unpack(
                        new ByteArrayInputStream(new byte[1024]),
                        Optional.of(digest),
                        -1,
                        Optional.empty(),
                        (s, d, t) -> {}))
                .hasMessageContaining("not the expected one");
    }

    @Test
    void aConnectionThatBreaks() {
        InputStream broken = new InputStream() {
            private int count;

            @Override
            public int read() throws IOException {
                if (count == TAR.length / 2) {
                    throw new IOException("reset");
                }
                return TAR[count++] & 0xff;
            }
        };
        assertThatThrownBy(() -> fixture.store.unpack(broken, Optional.empty(), -1, Optional.empty(), (s, d, t) -> {}))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("ends early at byte " + TAR.length / 2);
        assertThat(fixture.left()).isEmpty();
    }

    private Content unpack(Optional<String> sha256, long size) {
        return fixture.store.unpack(new ByteArrayInputStream(TAR), sha256, size, Optional.empty(), (s, d, t) -> {});
    }

    private static byte[] padded(String begin) {
        return Arrays.copyOf(begin.getBytes(StandardCharsets.ISO_8859_1), 2048);
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
