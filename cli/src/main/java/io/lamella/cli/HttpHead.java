package io.lamella.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The status line and the header fields of a response (RFC 9112 sections 4 and 5). Field names are in lower case;
 * repeated fields are joined by commas.
 */
record HttpHead(int status, Map<String, String> fields) {
    /** The longest line and the most fields read; more is refused, so that memory stays bounded. */
    static final int MAX_LINE = 16_384;

    private static final int MAX_FIELDS = 100;

    /** @throws ProtocolException where the bytes are no such head */
    static HttpHead read(InputStream in) throws IOException {
        String start = line(in);
        if (!start.startsWith("HTTP/1.") || start.length() < 12 || start.charAt(8) != ' ') {
            throw new ProtocolException("what answers does not speak HTTP/1.1");
        }
        int status = (int) digits(start.substring(9, 12), 10);
        if (status < 100 || (start.length() > 12 && start.charAt(12) != ' ')) {
            throw new ProtocolException("the status line is malformed");
        }
        Map<String, String> fields = new HashMap<>();
        int count = 0;
        for (String field = line(in); !field.isEmpty(); field = line(in)) {
            int colon = field.indexOf(':');
            if (colon < 1 || field.charAt(0) <= ' ' || field.charAt(colon - 1) <= ' ' || ++count > MAX_FIELDS) {
                throw new ProtocolException("a header field is malformed or there are too many");
            }
            fields.merge(
                    field.substring(0, colon).toLowerCase(Locale.ROOT),
                    field.substring(colon + 1).strip(),
                    (a, b) -> a + ", " + b);
        }
        return new HttpHead(status, fields);
    }

    /** One line without its CRLF; a bare LF is accepted (RFC 9112 section 2.2). */
    static String line(InputStream in) throws IOException {
        byte[] bytes = new byte[128];
        int n = 0;
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new ProtocolException("the connection ended within the answer's head");
            }
            if (n == MAX_LINE) {
                throw new ProtocolException("a line of the answer's head is longer than " + MAX_LINE + " bytes");
            }
            if (n == bytes.length) {
                bytes = Arrays.copyOf(bytes, n * 2);
            }
            bytes[n++] = (byte) b;
        }
        return new String(bytes, 0, n > 0 && bytes[n - 1] == '\r' ? n - 1 : n, StandardCharsets.ISO_8859_1);
    }

    Optional<String> field(String lowerCaseName) {
        return Optional.ofNullable(fields.get(lowerCaseName));
    }

    /** The body that follows this head on {@code in} (RFC 9112 section 6.3). */
    InputStream body(InputStream in) throws ProtocolException {
        if (status < 200 || status == 204 || status == 304) {
            return InputStream.nullInputStream();
        }
        Optional<String> coding = field("transfer-encoding");
        if (coding.isPresent()) {
            if (!coding.get().equalsIgnoreCase("chunked")) {
                throw new ProtocolException("the transfer coding \"" + Table.printable(coding.get()) + "\" is unknown");
            }
            return new HttpBody.Chunked(in);
        }
        Optional<String> length = field("content-length");
        return length.isPresent() ? new HttpBody.Fixed(in, digits(length.get(), 10)) : in;
    }

    /** A number of 1 to 15 digits of this radix. */
    static long digits(String text, int radix) throws ProtocolException {
        long n = 0;
        for (int i = 0; i < text.length(); i++) {
            int digit = text.charAt(i) < 128 ? Character.digit(text.charAt(i), radix) : -1;
            if (digit < 0 || i > 14) {
                throw new ProtocolException("a number in the answer is malformed");
            }
            n = n * radix + digit;
        }
        if (text.isEmpty()) {
            throw new ProtocolException("a number in the answer is missing");
        }
        return n;
    }
}
