package io.lamella.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** Reads server-sent events (HTML Living Standard, section 9.2). Only their data is of interest. */
final class ServerEvents {
    /** The longest line and the longest event accepted, in bytes or characters. */
    static final int MAX = 1 << 20;

    private final InputStream in;
    private boolean afterReturn;

    ServerEvents(InputStream in) {
        this.in = in;
    }

    /** The data of the next event, or empty at the end; an event cut off by the end is dropped, as the standard says. */
    Optional<String> next() throws IOException {
        StringBuilder data = new StringBuilder();
        boolean any = false;
        for (Optional<String> line = line(); line.isPresent(); line = line()) {
            String text = line.get();
            if (text.isEmpty()) {
                if (any) {
                    return Optional.of(data.toString());
                }
            } else if (text.equals("data") || text.startsWith("data:")) {
                data.append(any ? "\n" : "").append(value(text));
                any = true;
                if (data.length() > MAX) {
                    throw new ProtocolException("an event is longer than " + MAX + " characters");
                }
            }
        }
        return Optional.empty();
    }

    private static String value(String line) {
        int from = Math.min(line.length(), 5);
        return line.substring(line.startsWith(" ", from) ? from + 1 : from);
    }

    private Optional<String> line() throws IOException {
        byte[] bytes = new byte[256];
        int n = 0;
        while (true) {
            int b = in.read();
            if (b == '\n' && afterReturn) {
                afterReturn = false;
                continue;
            }
            afterReturn = b == '\r';
            if (b == '\n' || b == '\r') {
                return Optional.of(new String(bytes, 0, n, StandardCharsets.UTF_8));
            }
            if (b < 0) {
                return Optional.empty();
            }
            if (n == MAX) {
                throw new ProtocolException("a line of the events is longer than " + MAX + " bytes");
            }
            if (n == bytes.length) {
                bytes = Arrays.copyOf(bytes, n * 2);
            }
            bytes[n++] = (byte) b;
        }
    }
}
