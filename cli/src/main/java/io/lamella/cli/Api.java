package io.lamella.cli;

import io.lamella.cli.HttpConnection.Content;
import io.lamella.cli.HttpConnection.Response;
import io.lamella.model.Codec;
import io.lamella.model.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The daemon's REST API. One connection a call; a call that the daemon refuses ends in a {@link Failure}. */
final class Api {
    private static final String BASE = "/v1";
    private static final int MAX_PROBLEM = 65_536;

    private final Endpoint endpoint;

    Api(Endpoint endpoint) {
        this.endpoint = endpoint;
    }

    /** A path below the API's root; every segment is encoded. */
    static String path(String... segments) {
        StringBuilder s = new StringBuilder();
        for (String segment : segments) {
            s.append('/').append(encode(segment));
        }
        return s.toString();
    }

    /** {@code name=value} for a query, encoded. */
    static String query(String name, String value) {
        return name + "=" + encode(value);
    }

    /** Percent-encoding of everything but RFC 3986's unreserved characters. */
    static String encode(String text) {
        StringBuilder s = new StringBuilder(text.length());
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 255);
            if (c < 128 && (Character.isLetterOrDigit(c) || "-._~".indexOf(c) >= 0)) {
                s.append(c);
            } else {
                s.append('%').append(Character.toUpperCase(Character.forDigit(c >> 4, 16)));
                s.append(Character.toUpperCase(Character.forDigit(c & 15, 16)));
            }
        }
        return s.toString();
    }

    String get(String path) {
        return call("GET", path, Content.NONE);
    }

    <T> T get(Class<T> type, String path) {
        return read(type, get(path));
    }

    <T> List<T> list(Class<T> type, String path) {
        return readList(type, get(path));
    }

    String post(String path) {
        return call("POST", path, Content.NONE);
    }

    String post(String path, Object body) {
        return call("POST", path, Content.json(Codec.write(body)));
    }

    String put(String path, Object body) {
        return call("PUT", path, Content.json(Codec.write(body)));
    }

    String patch(String path, Object body) {
        return call("PATCH", path, Content.json(Codec.write(body)));
    }

    void delete(String path) {
        call("DELETE", path, Content.NONE);
    }

    /** Reads an answer of the daemon. */
    static <T> T read(Class<T> type, String json) {
        try {
            return Codec.read(type, json);
        } catch (Refusal e) {
            throw unreadable(e.getMessage());
        }
    }

    static <T> List<T> readList(Class<T> type, String json) {
        try {
            return Codec.readList(type, json);
        } catch (Refusal e) {
            throw unreadable(e.getMessage());
        }
    }

    private static Failure unreadable(String why) {
        return Failure.failed(
                "the daemon's answer is not understood (" + why + "): are lamella and the daemon of the same version?");
    }

    /** One request whose whole answer is text. */
    String call(String method, String path, Content content) {
        try (HttpConnection connection = new HttpConnection(endpoint.connect())) {
            InputStream body = open(connection, method, path, content);
            return new String(body.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw broken(e);
        }
    }

    /** One request whose answer is read while it arrives, until {@code reader} returns. */
    void stream(String path, Reader reader) {
        try (HttpConnection connection = new HttpConnection(endpoint.connect())) {
            reader.read(open(connection, "GET", path, Content.NONE));
        } catch (IOException e) {
            throw broken(e);
        }
    }

    /** Reads an answer. */
    @FunctionalInterface
    interface Reader {
        void read(InputStream body) throws IOException;
    }

    private InputStream open(HttpConnection connection, String method, String path, Content content)
            throws IOException {
        Response response = connection.send(method, BASE + path, fields(), content);
        if (response.status() >= 300) {
            throw refused(response);
        }
        return response.body();
    }

    private Map<String, String> fields() {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("Host", endpoint.host());
        endpoint.token().ifPresent(t -> fields.put("Authorization", "Bearer " + t));
        return fields;
    }

    /** Opens a WebSocket (RFC 6455 section 4.1). */
    WebSocket webSocket(String path) {
        HttpConnection connection = null;
        try {
            connection = new HttpConnection(endpoint.connect());
            String key = WebSocket.key();
            Map<String, String> fields = fields();
            fields.put("Connection", "Upgrade");
            fields.put("Upgrade", "websocket");
            fields.put("Sec-WebSocket-Version", "13");
            fields.put("Sec-WebSocket-Key", key);
            Response response = connection.send("GET", BASE + path, fields, Content.NONE);
            if (response.status() >= 300) {
                throw refused(response);
            }
            if (response.status() != 101
                    || !response.head().field("sec-websocket-accept").orElse("").equals(WebSocket.accept(key))) {
                throw Failure.failed("the daemon did not open a session");
            }
            return new WebSocket(connection.input(), connection.output(), connection);
        } catch (IOException e) {
            abandon(connection);
            throw broken(e);
        } catch (Failure e) {
            abandon(connection);
            throw e;
        }
    }

    private static void abandon(@Nullable HttpConnection connection) {
        try {
            if (connection != null) {
                connection.close();
            }
        } catch (IOException e) {
            // it failed before; that is reported
        }
    }

    private static Failure refused(Response response) throws IOException {
        String text = new String(response.body().readNBytes(MAX_PROBLEM), StandardCharsets.UTF_8);
        String sentence = "the daemon answered HTTP " + response.status() + " without saying why";
        try {
            if (Json.object(text).get("error") instanceof Map<?, ?> error
                    && !Json.string(error, "message").isEmpty()) {
                sentence = Table.printable(Json.string(error, "message"));
            }
        } catch (IllegalArgumentException e) {
            // no answer of the API
        }
        return response.status() == 400 ? Failure.wrongUse(sentence) : Failure.failed(sentence);
    }

    static Failure broken(IOException e) {
        return Failure.failed("the connection to the daemon failed: " + Endpoint.reason(e));
    }
}
