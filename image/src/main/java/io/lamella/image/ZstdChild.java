package io.lamella.image;

import io.lamella.model.Refusal;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What the {@code zstd} program makes of a compressed stream. A process of its own, because the decompressors for the
 * JVM reach into memory unchecked and archives come from outside; zstd itself bounds its window to 128 MiB.
 */
final class ZstdChild extends InputStream {
    private final Process process;
    private final InputStream out;
    private final Thread feeder;
    private volatile @Nullable Throwable inputFailure;
    private boolean ended;

    private ZstdChild(Process process, InputStream in) {
        this.process = process;
        this.out = process.getInputStream();
        this.feeder = Thread.ofVirtual().start(() -> feed(in));
    }

    static ZstdChild start(InputStream in) throws IOException {
        return new ZstdChild(
                new ProcessBuilder(Programs.require("zstd", "zstd").toString(), "-dcq", "--no-progress").start(), in);
    }

    private void feed(InputStream in) {
        try (OutputStream to = process.getOutputStream()) {
            byte[] buffer = new byte[1 << 16];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                try {
                    to.write(buffer, 0, n);
                } catch (IOException e) {
                    return; // zstd has stopped reading and says why by its exit code
                }
            }
        } catch (IOException | RuntimeException e) {
            inputFailure = e;
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] b, int off, int len) throws IOException {
        int n = out.read(b, off, len);
        if (n < 0 && !ended) {
            ended = true;
            finish();
        }
        return n;
    }

    private void finish() throws IOException {
        try {
            feeder.join();
            int code = process.waitFor();
            if (inputFailure instanceof RuntimeException e) {
                throw e;
            }
            if (code != 0) {
                String said = new String(process.getErrorStream().readNBytes(4096), StandardCharsets.UTF_8);
                if (said.contains("premature") || said.contains("unexpected end")) {
                    throw new EOFException(said);
                }
                throw new IOException(said);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Refusal.unavailable("unpacking was interrupted");
        }
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        out.close();
        try {
            feeder.join();
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
