package io.lamella.guest;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;

/** A stream of bytes that ends with a mark, a zero byte and {@code ID:CODE;}, which the bytes before cannot foresee. */
final class Marked {
    private static final int MOST_DIGITS = 3;

    private final byte[] mark;
    private final OutputStream plain;
    private int matched;
    private int digits;
    private int code;

    Marked(String id, OutputStream plain) {
        this.mark = ("\0" + id + ":").getBytes(StandardCharsets.US_ASCII);
        this.plain = plain;
    }

    /**
     * Passes on what comes before the mark.
     *
     * @return the exit code in the mark; empty where the stream ended without one
     */
    OptionalInt copy(InputStream in) throws IOException {
        byte[] buffer = new byte[1 << 16];
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            for (int i = 0; i < count; i++) {
                if (ends(buffer[i])) {
                    return OptionalInt.of(code);
                }
            }
            plain.flush();
        }
        giveBack();
        return OptionalInt.empty();
    }

    private boolean ends(byte next) throws IOException {
        if (matched == mark.length) {
            if (next == ';' && digits > 0) {
                return true;
            }
            if (next >= '0' && next <= '9' && digits < MOST_DIGITS) {
                code = code * 10 + next - '0';
                digits++;
                return false;
            }
            giveBack();
        } else if (next == mark[matched]) {
            matched++;
            return false;
        } else {
            giveBack();
        }
        if (next == mark[0]) { // the mark holds no other zero byte, so that no shorter match is hidden in a failed one
            matched = 1;
        } else {
            plain.write(next);
        }
        return false;
    }

    private void giveBack() throws IOException {
        plain.write(mark, 0, matched);
        if (digits > 0) {
            plain.write(String.format("%0" + digits + "d", code).getBytes(StandardCharsets.US_ASCII));
        }
        matched = 0;
        digits = 0;
        code = 0;
    }
}
