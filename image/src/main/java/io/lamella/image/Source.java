package io.lamella.image;

import io.lamella.compute.Progress;
import io.lamella.model.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;

/**
 * An archive's bytes as they arrive: counted, hashed and reported. It ends early or is too long only by refusing, so
 * that an {@link IOException} above it can only mean damaged content.
 */
final class Source extends InputStream {
    private final InputStream in;
    private final long size;
    private final String step;
    private final Progress progress;
    private final MessageDigest digest = Digests.sha256();
    private volatile long count;

    /** @param size how many bytes have to come, or -1 */
    Source(InputStream in, long size, String step, Progress progress) {
        this.in = in;
        this.size = size;
        this.step = step;
        this.progress = progress;
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
        } catch (IOException e) {
            throw Refusal.invalid("archive", "the archive ends early at byte " + count + ": reading it failed");
        }
        if (n < 0) {
            if (count < size) {
                throw Refusal.invalid("archive", "the archive ends early at byte " + count + " of " + size);
            }
            return -1;
        }
        digest.update(b, off, n);
        count += n;
        if (size >= 0 && count > size) {
            throw Refusal.invalid("archive", "the archive is longer than the " + size + " bytes announced");
        }
        progress.report(step, count, Math.max(size, 0));
        return n;
    }

    long count() {
        return count;
    }

    /** Reads what is left and returns the digest of all bytes. */
    String finish() {
        byte[] buffer = new byte[1 << 16];
        while (read(buffer, 0, buffer.length) >= 0) {
            // only counted and hashed
        }
        return Digests.text(digest);
    }
}
