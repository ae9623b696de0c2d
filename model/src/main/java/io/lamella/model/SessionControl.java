package io.lamella.model;

import io.avaje.jsonb.Json;
import java.util.Optional;

/**
 * A control message of a command's or console's WebSocket. Each binary message there starts with one byte that names
 * its channel.
 *
 * @param resize from the client: the terminal's new size
 * @param eof from the client: true closes standard input
 * @param exit from the server, as its last message: the exit code, 128 + n for signal n
 */
@Json
public record SessionControl(Optional<Size> resize, Optional<Boolean> eof, Optional<Integer> exit) {
    public static final byte STDIN = 0;
    public static final byte STDOUT = 1;
    public static final byte STDERR = 2;
    public static final byte CONTROL = 3;

    public SessionControl {
        resize = Given.optional(resize);
        eof = Given.optional(eof);
        exit = Given.optional(exit);
    }

    public static SessionControl resizedTo(int columns, int rows) {
        return new SessionControl(Optional.of(new Size(columns, rows)), Optional.empty(), Optional.empty());
    }

    public static SessionControl endOfInput() {
        return new SessionControl(Optional.empty(), Optional.of(true), Optional.empty());
    }

    public static SessionControl exited(int code) {
        return new SessionControl(Optional.empty(), Optional.empty(), Optional.of(code));
    }

    /** A terminal's size in characters, 1 to 10000 each. */
    @Json
    public record Size(int columns, int rows) {
        public Size {
            Limits.checkRange("columns", columns, 1, 10_000);
            Limits.checkRange("rows", rows, 1, 10_000);
        }
    }
}
