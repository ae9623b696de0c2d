package io.lamella.api;

import io.lamella.compute.Session;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import java.util.function.Supplier;

/** What a call is answered with. */
sealed interface Reply {
    /**
     * A value as JSON.
     *
     * @param location the path of what was made, where something was
     */
    record Json(int status, Object value, Optional<String> location) implements Reply {}

    /** 204. */
    record Done() implements Reply {}

    /** A whole text, read to its end and closed. */
    record Text(String contentType, InputStream content) implements Reply {}

    /** What is written bit by bit, each bit sent at once. */
    record Stream(String contentType, Content content) implements Reply {}

    /** A command or console over WebSocket, started once the request is known to ask for one. */
    record Upgrade(Supplier<Session> session) implements Reply {}

    /** Writes until it ends, or is interrupted because the daemon stops. */
    @FunctionalInterface
    interface Content {
        void writeTo(OutputStream out) throws IOException, InterruptedException;
    }

    static Reply ok(Object value) {
        return new Json(200, value, Optional.empty());
    }

    static Reply created(Object value, String path) {
        return new Json(201, value, Optional.of(Router.ROOT + path));
    }

    static Reply accepted(Object value, String path) {
        return new Json(202, value, Optional.of(Router.ROOT + path));
    }
}
