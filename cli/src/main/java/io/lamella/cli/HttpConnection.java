package io.lamella.cli;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Map.Entry;

/** A connection for one HTTP/1.1 request and its response (RFC 9112). For one thread. */
final class HttpConnection implements AutoCloseable {
    private static final int BUFFER = 65_536;

    private final Wire wire;
    private final InputStream in;
    private final OutputStream out;

    HttpConnection(Wire wire) throws IOException {
        this.wire = wire;
        this.in = new BufferedInputStream(wire.input(), BUFFER);
        this.out = new BufferedOutputStream(wire.output(), BUFFER);
    }

    /**
     * What a request carries.
     *
     * @param length its length in bytes, or -1 where only its end tells: then it is sent in chunks
     */
    record Content(String type, InputStream bytes, long length) {
        static final Content NONE = new Content("", InputStream.nullInputStream(), 0);

        static Content json(String text) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            return new Content("application/json", new ByteArrayInputStream(bytes), bytes.length);
        }
    }

    /** A response; its body is read from the connection and must be read before the connection is closed. */
    record Response(HttpHead head, InputStream body) {
        int status() {
            return head.status();
        }
    }

    /**
     * Sends a request and reads the head of its response. Where the peer answers before it has read the whole content
     * and ends the connection, its answer is returned and not the failure to write.
     */
    Response send(String method, String target, Map<String, String> fields, Content content) throws IOException {
        try {
            writeHead(method, target, fields, content);
            writeContent(content);
            out.flush();
        } catch (BodyReadFailed e) {
            throw e.reason;
        } catch (IOException e) {
            try {
                return receive();
            } catch (IOException unanswered) {
                e.addSuppressed(unanswered);
                throw e;
            }
        }
        return receive();
    }

    private void writeHead(String method, String target, Map<String, String> fields, Content content)
            throws IOException {
        StringBuilder head = new StringBuilder(256);
        head.append(method).append(' ').append(target).append(" HTTP/1.1\r\n");
        for (Entry<String, String> field : fields.entrySet()) {
            head.append(clean(field.getKey()))
                    .append(": ")
                    .append(clean(field.getValue()))
                    .append("\r\n");
        }
        if (!content.type().isEmpty()) {
            head.append("Content-Type: ").append(content.type()).append("\r\n");
        }
        if (content.length() < 0) {
            head.append("Transfer-Encoding: chunked\r\n");
        } else if (content.length() > 0 || !method.equals("GET")) {
            head.append("Content-Length: ").append(content.length()).append("\r\n");
        }
        out.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String clean(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i)) || text.charAt(i) > 255) {
                throw Failure.wrongUse("a header value, such as the token, may not hold control characters");
            }
        }
        return text;
    }

    private void writeContent(Content content) throws IOException {
        if (content.length() == 0) {
            return;
        }
        byte[] buffer = new byte[BUFFER];
        long sent = 0;
        for (int n = read(content, buffer); n >= 0; n = read(content, buffer)) {
            sent += n;
            if (content.length() >= 0 && sent > content.length()) {
                throw new BodyReadFailed(new IOException("what is sent grew while it was read"));
            }
            if (content.length() < 0 && n > 0) {
                out.write((Integer.toHexString(n) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            }
            out.write(buffer, 0, n);
            if (content.length() < 0 && n > 0) {
                out.write('\r');
                out.write('\n');
            }
        }
        if (content.length() < 0) {
            out.write("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        } else if (sent < content.length()) {
            throw new BodyReadFailed(new IOException("what is sent shrank while it was read"));
        }
    }

    private static int read(Content content, byte[] buffer) throws BodyReadFailed {
        try {
            return content.bytes().read(buffer);
        } catch (IOException e) {
            throw new BodyReadFailed(e);
        }
    }

    private Response receive() throws IOException {
        HttpHead head = HttpHead.read(in);
        for (int i = 0; head.status() < 200 && head.status() != 101; i++) {
            if (i > 10) {
                throw new ProtocolException("too many interim answers");
            }
            head = HttpHead.read(in);
        }
        return new Response(head, head.body(in));
    }

    /** What follows the head after a switch of protocols. */
    InputStream input() {
        return in;
    }

    OutputStream output() {
        return out;
    }

    @Override
    public void close() throws IOException {
        wire.close();
    }

    /** The content could not be read: no fault of the connection, so no answer is waited for. */
    private static final class BodyReadFailed extends IOException {
        private static final long serialVersionUID = 1L;
        private final IOException reason;

        BodyReadFailed(IOException reason) {
            super(reason);
            this.reason = reason;
        }
    }
}
