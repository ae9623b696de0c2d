package io.lamella.guest;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** The client's side of the telnet protocol (RFC 854) as far as a terminal with a size (RFC 1073) needs it. */
final class Telnet {
    private static final int IAC = 255;
    private static final int DONT = 254;
    private static final int WILL = 251;
    private static final int SUBNEGOTIATION = 250;
    private static final int SUBNEGOTIATION_END = 240;
    private static final int WINDOW_SIZE = 31;

    private Telnet() {}

    /** What a change of the terminal's size is on the wire; sizes are 0 to 65535. */
    static byte[] size(int columns, int rows) {
        int[] numbers = {columns >> 8 & 255, columns & 255, rows >> 8 & 255, rows & 255};
        java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
        out.writeBytes(new byte[] {(byte) IAC, (byte) SUBNEGOTIATION, WINDOW_SIZE});
        for (int number : numbers) {
            out.write(number);
            if (number == IAC) {
                out.write(number);
            }
        }
        out.writeBytes(new byte[] {(byte) IAC, (byte) SUBNEGOTIATION_END});
        return out.toByteArray();
    }

    /** Bytes typed, with what the protocol gives a meaning to taken out of danger. */
    static final class Typed extends FilterOutputStream {
        Typed(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int value) throws IOException {
            out.write(value);
            if ((value & 255) == IAC) {
                out.write(IAC);
            } else if (value == '\r') {
                out.write(0);
            }
        }

        /** A terminal's input has no end of its own. */
        @Override
        public void close() throws IOException {
            out.flush();
        }
    }

    /** Bytes shown, without the other side's commands. */
    static final class Shown extends FilterInputStream {
        Shown(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            while (true) {
                int next = in.read();
                if (next != IAC) {
                    return next;
                }
                int command = in.read();
                if (command == IAC || command < 0) {
                    return command;
                }
                if (command >= WILL && command <= DONT) {
                    in.read();
                } else if (command == SUBNEGOTIATION) {
                    skipSubnegotiation();
                }
            }
        }

        private void skipSubnegotiation() throws IOException {
            int before = 0;
            for (int next = in.read(); next >= 0; next = in.read()) {
                if (before == IAC && next == SUBNEGOTIATION_END) {
                    return;
                }
                before = before == IAC ? 0 : next;
            }
        }

        /** What is there already, and at least one byte. */
        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int count = 0;
            while (count < length && (count == 0 || in.available() > 0)) {
                int next = read();
                if (next < 0) {
                    return count == 0 ? -1 : count;
                }
                target[offset + count++] = (byte) next;
            }
            return count;
        }
    }
}
