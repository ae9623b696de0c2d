package io.lamella.guest;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Standard input for the agent: pieces, each after a line with its length; length 0 is the end. One thread. */
final class Pieces extends OutputStream {
    private static final int LARGEST = 32 << 10;

    private final OutputStream out;
    private boolean closed;

    Pieces(OutputStream out) {
        this.out = out;
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
        for (int done = 0; done < length; done += LARGEST) {
            int size = Math.min(LARGEST, length - done);
            out.write((size + "\n").getBytes(StandardCharsets.US_ASCII));
            out.write(source, offset + done, size);
        }
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }

    /** Ends the input; the channel stays for the other side to read what is left. */
    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            out.write("0\n".getBytes(StandardCharsets.US_ASCII));
            out.flush();
        }
    }
}
