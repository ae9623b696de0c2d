package io.lamella.api;

import io.lamella.model.Codec;
import io.lamella.model.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;

/** One request to one route by a caller who may make it. Used by one thread. */
final class Call {
    static final int MAX_BODY = 1 << 20;
    private static final List<String> ARCHIVE_TYPES = List.of(
            "application/octet-stream",
            "application/x-tar",
            "application/gzip",
            "application/x-xz",
            "application/zstd");
    /** What is read of a refused body so that its sender, still sending, comes to read the refusal. */
    private static final long MAX_DRAIN = 8L << 20;

    private static final long MAX_ARCHIVE_DRAIN = 4L << 30;

    private final Request request;
    private final Caller caller;
    private final PathVariables path;
    private final Query query;
    private boolean reading;
    private long maxDrain = MAX_DRAIN;

    Call(Request request, Caller caller, PathVariables path, Query query) {
        this.request = request;
        this.caller = caller;
        this.path = path;
        this.query = query;
    }

    Caller caller() {
        return caller;
    }

    /** The value of a variable of the path. */
    String path(String variable) {
        return path.get(variable);
    }

    Query query() {
        return query;
    }

    /** Reads the body as JSON. */
    <T> T body(Class<T> type) throws IOException {
        checkType(List.of("application/json"));
        if (request.getLength() > MAX_BODY) {
            throw bodyTooLarge();
        }
        byte[] bytes = content().readNBytes(MAX_BODY + 1);
        if (bytes.length > MAX_BODY) {
            throw bodyTooLarge();
        }
        if (bytes.length == 0) {
            throw Refusal.invalid("body", "the request has no body: it must be JSON");
        }
        return Codec.read(type, Percent.utf8("body", ByteBuffer.wrap(bytes)));
    }

    /** The body as it arrives, of any length. */
    InputStream archive() {
        maxDrain = MAX_ARCHIVE_DRAIN;
        checkType(ARCHIVE_TYPES);
        return content();
    }

    /** The body's length in bytes, or -1 where it is not announced. */
    long length() {
        return request.getLength();
    }

    /** Reads on after a failure: who is cut off while sending may never read why. */
    void drain() {
        boolean waits = !reading && request.getHeaders().contains(HttpHeader.EXPECT);
        if (waits || request.getLength() == 0) {
            return;
        }
        try (InputStream rest = content()) {
            byte[] buffer = new byte[8192];
            for (long left = maxDrain; left > 0; ) {
                int n = rest.read(buffer);
                if (n < 0) {
                    return;
                }
                left -= n;
            }
        } catch (IOException e) {
            return; // the sender is gone; the refusal is still tried
        }
    }

    private InputStream content() {
        reading = true;
        return Content.Source.asInputStream(request);
    }

    private void checkType(List<String> allowed) {
        String given = String.valueOf(request.getHeaders().get(HttpHeader.CONTENT_TYPE));
        String[] parts = given.split(";", -1);
        boolean known = allowed.contains(parts[0].strip().toLowerCase(Locale.ROOT));
        for (int i = 1; known && i < parts.length; i++) {
            String parameter = parts[i].strip().replace("\"", "").toLowerCase(Locale.ROOT);
            known = !parameter.startsWith("charset=") || parameter.equals("charset=utf-8");
        }
        if (!known) {
            throw HttpRefusal.unsupportedType(
                    given.equals("null") ? "" : given,
                    String.join(", ", allowed) + (allowed.size() == 1 ? " in UTF-8" : ""));
        }
    }

    private static HttpRefusal bodyTooLarge() {
        return HttpRefusal.tooLarge("the body is larger than " + MAX_BODY + " bytes");
    }
}
