package io.lamella.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.lamella.model.Refusal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

/** Archives from anywhere: each is read or refused. */
class ArchiveFuzz {
    static final ImageLimits SMALL = new ImageLimits(1 << 20, 500, 100, 250);

    @Property(tries = 2000)
    void randomBytesAfterAHeader(@ForAll @Size(max = 3000) byte[] noise, @ForAll("types") char type) {
        read(new TarForge()
                .entry(type, "name", "target", noise.length)
                .raw(noise)
                .bytes());
    }

    @Property(tries = 3000)
    void mutatedTars(@ForAll("mutations") List<int[]> mutations) {
        read(mutated(sample(), mutations));
        read(resealed(mutated(sample(), mutations)));
    }

    @Property(tries = 300)
    void mutatedCompressedOnes(@ForAll("mutations") List<int[]> mutations, @ForAll boolean xz) throws Exception {
        byte[] archive = xz ? xz(sample()) : StoreFixture.gzip(sample());
        byte[] bytes = mutated(archive, mutations);
        declared(() -> {
            try (Expanded content =
                    new Expanded(new Source(new ByteArrayInputStream(bytes), -1, "", (s, d, t) -> {}), SMALL)) {
                content.drain();
            }
            return bytes;
        });
    }

    @Property(tries = 2000)
    void randomPaxRecords(@ForAll @Size(max = 60) byte[] record) {
        declared(() -> {
            new PaxRecords().read(record);
            return record;
        });
    }

    @Property(tries = 1000)
    void mutatedOciDocuments(@ForAll("mutations") List<int[]> mutations, @ForAll("mutations") List<int[]> more) {
        OciForge forge = new OciForge();
        byte[] index = OciForge.index(forge.image("amd64", OciForge.platform("amd64"), new byte[10]))
                .getBytes(StandardCharsets.UTF_8);
        declared(() -> OciImage.select(
                mutated(index, mutations),
                "amd64",
                descriptor -> Optional.of(mutated(forge.blobs.getOrDefault(descriptor.hex(), index), more))));
    }

    @Provide
    Arbitrary<Character> types() {
        return Arbitraries.of('0', 'x', 'g', 'L', 'K', 'S', '1', '2', '5', 'D', 'V', '\0');
    }

    /** Where (in parts per million of the length) and what. */
    @Provide
    Arbitrary<List<int[]>> mutations() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, 999_999),
                        Arbitraries.integers().between(-1, 255))
                .as((where, what) -> new int[] {where, what})
                .list()
                .ofMinSize(1)
                .ofMaxSize(6);
    }

    /** A negative value cuts the rest off. */
    private static byte[] mutated(byte[] bytes, List<int[]> mutations) {
        byte[] mutated = bytes.clone();
        for (int[] mutation : mutations) {
            int at = (int) (mutation[0] * (long) mutated.length / 1_000_000);
            if (mutation[1] < 0) {
                mutated = java.util.Arrays.copyOf(mutated, at);
            } else if (at < mutated.length) {
                mutated[at] = (byte) mutation[1];
            }
        }
        return mutated;
    }

    /** With right checksums wherever a header looks like one, so that the mutation gets further. */
    private static byte[] resealed(byte[] tar) {
        for (int at = 0; at + 512 <= tar.length; at += 512) {
            byte[] block = java.util.Arrays.copyOfRange(tar, at, at + 512);
            if (new String(block, 257, 5, StandardCharsets.ISO_8859_1).equals("ustar")) {
                System.arraycopy(TarForge.sealed(block), 0, tar, at, 512);
            }
        }
        return tar;
    }

    private static byte[] sample() {
        return TarForge.root()
                .pax("path", "etc/long", "mtime", "1.5", "SCHILY.xattr.user.a", "b", "uid", "5")
                .file("x", "content")
                .pax("GNU.sparse.major", "1", "GNU.sparse.minor", "0", "GNU.sparse.realsize", "600")
                .file("sparse", "1\n512\n4\n" + "\0".repeat(504) + "data")
                .pax("GNU.sparse.size", "20", "GNU.sparse.map", "0,2,10,3")
                .file("old", "12345")
                .longName('L', "n".repeat(150))
                .symlink("x", "y")
                .hardLink("h", "etc/hostname")
                .bytes();
    }

    private static byte[] xz(byte[] bytes) throws IOException {
        java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
        try (var xz = new org.tukaani.xz.XZOutputStream(out, new org.tukaani.xz.LZMA2Options(1))) {
            xz.write(bytes);
        }
        return out.toByteArray();
    }

    private static void read(byte[] tar) {
        declared(() -> {
            TarReader reader = new TarReader(new ByteArrayInputStream(tar));
            List<TarEntry> entries = new ArrayList<>();
            byte[] buffer = new byte[1000];
            for (Optional<TarEntry> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
                entries.add(entry.get());
                while (reader.read(buffer, 0, buffer.length) > 0) {
                    // to its end
                }
                for (TarEntry.Part part : entry.get().parts()) {
                    assertThat(part.offset()).isNotNegative();
                    assertThat(part.offset() + part.length())
                            .isBetween(0L, entry.get().size());
                }
            }
            assertThat(entries.size()).isLessThanOrEqualTo(tar.length / 512);
            return entries;
        });
    }

    /** Nothing else may be thrown than what tells a person what is wrong. */
    static void declared(Supplier<?> work) {
        try {
            assertThat(work.get()).isNotNull();
        } catch (Refusal refusal) {
            assertThat(refusal.reason()).isIn(Refusal.Reason.INVALID, Refusal.Reason.EXHAUSTED);
            assertThat(refusal.getMessage()).hasSizeLessThan(600);
        }
    }
}
