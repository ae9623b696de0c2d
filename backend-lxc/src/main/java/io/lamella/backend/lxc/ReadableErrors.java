package io.lamella.backend.lxc;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A command's stream as it is, but for one case: where LXC itself could not run the command, its words about its source
 * code become one sentence. That is then all there is in the stream, so its begin decides.
 */
final class ReadableErrors extends InputStream {
    private static final byte[] TELLTALE = "lxc-attach: ".getBytes(StandardCharsets.US_ASCII);
    private static final int MOST = 1 << 14;

    private final InputStream source;
    private final String lineEnd;
    private InputStream begin = InputStream.nullInputStream();
    private boolean decided;

    /** @param lineEnd what ends a line in it */
    ReadableErrors(InputStream source, String lineEnd) {
        this.source = source;
        this.lineEnd = lineEnd;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (!decided) {
            begin = new ByteArrayInputStream(decide());
            decided = true;
        }
        int count = begin.read(target, offset, length);
        return count < 0 ? source.read(target, offset, length) : count;
    }

    @Override
    public int available() throws IOException {
        return decided && begin.available() == 0 ? source.available() : begin.available();
    }

    @Override
    public void close() throws IOException {
        source.close();
    }

    /** Reads until it is clear that the command speaks, or all that LXC says. */
    private byte[] decide() throws IOException {
        ByteArrayOutputStream seen = new ByteArrayOutputStream();
        byte[] chunk = new byte[4096];
        while (seen.size() < MOST && begins(seen.toByteArray())) {
            int count = source.read(chunk);
            if (count < 0) {
                return LxcLog.spoken(seen.toString(StandardCharsets.UTF_8))
                        .map(sentence -> (sentence + lineEnd).getBytes(StandardCharsets.UTF_8))
                        .orElseGet(seen::toByteArray);
            }
            seen.write(chunk, 0, count);
        }
        return seen.toByteArray();
    }

    private static boolean begins(byte[] text) {
        int length = Math.min(text.length, TELLTALE.length);
        return Arrays.equals(text, 0, length, TELLTALE, 0, length);
    }
}
