package io.lamella.image;

import io.lamella.model.Refusal;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.tukaani.xz.XZInputStream;

/** How an archive is compressed, told by its first bytes and never by its name. */
enum Compression {
    NONE("tar or disk"),
    GZIP("gzip"),
    XZ("xz"),
    ZSTD("zstd");

    /** How many bytes {@link #of} looks at. */
    static final int PREFIX = 512;

    /** {@code xz -9} needs 65 MiB; anything above this was made to exhaust memory. */
    private static final int XZ_MEMORY_KIB = 160 * 1024;

    private static final Map<String, String> OTHERS = Map.of(
            "425a68", "bzip2 data",
            "504b0304", "a zip file",
            "04224d18", "lz4 data",
            "68737173", "a squashfs file system",
            "377abcaf", "a 7z file",
            "213c617263683e", "a Debian package");

    private final String word;

    Compression(String word) {
        this.word = word;
    }

    String word() {
        return word;
    }

    /** Refuses what is neither the begin of a tar archive or a disk, nor a compression that those come in. */
    static Compression of(byte[] prefix) {
        String hex = HexFormat.of().formatHex(prefix, 0, Math.min(prefix.length, 16));
        if (prefix.length == 0) {
            throw Refusal.invalid("archive", "the archive is empty");
        }
        if (hex.startsWith("1f8b")) {
            return GZIP;
        }
        if (hex.startsWith("fd377a585a00")) {
            return XZ;
        }
        // a zstd frame, or the skippable frame that parallel compressors put in front
        if (hex.startsWith("28b52ffd") || (hex.startsWith("5") && hex.startsWith("2a4d18", 2))) {
            return ZSTD;
        }
        if (prefix.length >= PREFIX && (TarHeader.isHeader(prefix) || DiskImage.begins(prefix))) {
            return NONE;
        }
        for (Map.Entry<String, String> other : OTHERS.entrySet()) {
            if (hex.startsWith(other.getKey())) {
                throw notAnArchive("it is " + other.getValue());
            }
        }
        if (prefix.length < PREFIX) {
            throw Refusal.invalid("archive", "the archive ends early at byte " + prefix.length);
        }
        String text = new String(prefix, 0, 15, StandardCharsets.ISO_8859_1);
        throw notAnArchive(
                text.startsWith("<")
                        ? "it is a web page"
                        : "its first block is neither a tar header nor a boot sector");
    }

    private static Refusal notAnArchive(String what) {
        return Refusal.invalid(
                "archive",
                "the archive is neither a tar archive nor a qcow2 or raw disk, plain or compressed by gzip, xz or zstd: "
                        + what);
    }

    InputStream open(InputStream in) throws IOException {
        return switch (this) {
            case NONE -> in;
            case GZIP -> new GZIPInputStream(new Unending(in), 1 << 16);
            case XZ -> new XZInputStream(in, XZ_MEMORY_KIB);
            case ZSTD -> ZstdChild.start(in);
        };
    }

    /**
     * Java looks for a further gzip member only where the stream says that there is more, which one from a network often
     * does not. At the real end it finds that there is no header, and stops.
     */
    private static final class Unending extends FilterInputStream {
        Unending(InputStream in) {
            super(in);
        }

        @Override
        public int available() {
            return 1;
        }
    }
}
