package io.lamella.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;

/** Response bodies whose end is known. An end of the connection before it is an error, never a short body. */
final class HttpBody {
    private HttpBody() {}

    /** What both have in common: reading a piece of known length. */
    abstract static class Pieces extends InputStream {
        final InputStream in;
        long left;

        Pieces(InputStream in, long left) {
            this.in = in;
            this.left = left;
        }

        /** Makes {@code left} positive, or returns false at the body's end. */
        abstract boolean more() throws IOException;

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 255;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (left == 0 && !more()) {
                return -1;
            }
            int n = in.read(bytes, offset, (int) Math.min(left, length));
            if (n < 0) {
                throw new ProtocolException("the connection ended within the answer");
            }
            left -= n;
            return n;
        }
    }

    /** A body of known length. */
    static final class Fixed extends Pieces {
        Fixed(InputStream in, long length) {
            super(in, length);
        }

        @Override
        boolean more() {
            return false;
        }
    }

    /** The chunked transfer coding (RFC 9112 section 7.1); extensions and trailers are skipped. */
    static final class Chunked extends Pieces {
        private static final int MAX_TRAILERS = 100;

        private boolean started;
        private boolean ended;

        Chunked(InputStream in) {
            super(in, 0);
        }

        @Override
        boolean more() throws IOException {
            if (ended) {
                return false;
            }
            if (started && !HttpHead.line(in).isEmpty()) {
                throw new ProtocolException("a chunk does not end where it said it would");
            }
            started = true;
            String size = HttpHead.line(in);
            int semicolon = size.indexOf(';');
            left = HttpHead.digits((semicolon < 0 ? size : size.substring(0, semicolon)).strip(), 16);
            if (left > 0) {
                return true;
            }
            ended = true;
            int trailers = 0;
            while (!HttpHead.line(in).isEmpty()) {
                if (++trailers > MAX_TRAILERS) {
                    throw new ProtocolException("too many trailers");
                }
            }
            return false;
        }
    }
}
