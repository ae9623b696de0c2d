package io.lamella.image;

import io.lamella.model.Refusal;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.tukaani.xz.MemoryLimitException;

/**
 * A compressed archive's content, bounded in size and in proportion to what was read for it. Whatever a decompressor
 * throws on damaged input comes out as a refusal.
 */
final class Expanded extends InputStream {
    /** Below this a high ratio does no harm: a few files of zeros. */
    private static final long RATIO_FREE = 64L << 20;

    private final Source source;
    private final Compression compression;
    private final InputStream in;
    private final long bytes;
    private final ImageLimits limits;
    private long count;

    /** @param source the archive; nothing else may read it until this is drained */
    Expanded(Source source, ImageLimits limits) {
        this.source = source;
        this.limits = limits;
        // headers and padding of the allowed number of entries come on top of the files' content
        this.bytes = Math.addExact(limits.bytes(), Math.multiplyExact(limits.entries(), 4096L));
        BufferedInputStream buffered = new BufferedInputStream(source, 1 << 16);
        try {
            buffered.mark(Compression.PREFIX);
            byte[] prefix = buffered.readNBytes(Compression.PREFIX);
            buffered.reset();
            compression = Compression.of(prefix);
        } catch (IOException e) {
            throw new IllegalStateException(e); // the source never throws it
        }
        try {
            in = compression.open(buffered);
        } catch (IOException | RuntimeException e) {
            throw refusal(e);
        }
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] b, int off, int len) {
        int n;
        try {
            n = in.read(b, off, len);
        } catch (IOException | RuntimeException e) {
            throw refusal(e);
        }
        if (n > 0) {
            count += n;
            if (count > bytes) {
                throw Refusal.exhausted("archive", "the archive is refused: unpacked it is larger than allowed");
            }
            if (count > RATIO_FREE && count / limits.ratio() > source.count()) {
                throw Refusal.invalid(
                        "archive",
                        "the archive is refused: its content is more than " + limits.ratio()
                                + " times larger than the archive itself");
            }
        }
        return n;
    }

    long count() {
        return count;
    }

    /** Reads to the end, so that the compressed form's own checksums are verified. */
    void drain() {
        byte[] buffer = new byte[1 << 16];
        while (read(buffer, 0, buffer.length) >= 0) {
            // only bounded
        }
    }

    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException e) {
            throw refusal(e);
        }
    }

    private Refusal refusal(Exception e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof Refusal refusal) {
                return refusal;
            }
        }
        if (e instanceof EOFException) {
            return Refusal.invalid("archive", "the archive ends early at byte " + source.count());
        }
        if (e instanceof MemoryLimitException memory) {
            return Refusal.invalid(
                    "archive",
                    "the archive is refused: to decompress it takes " + memory.getMemoryNeeded() / 1024
                            + " MiB of memory, at most " + memory.getMemoryLimit() / 1024 + " are allowed");
        }
        return Refusal.invalid(
                "archive",
                "the archive is damaged: its " + compression.word() + " data is wrong near byte " + source.count());
    }
}
