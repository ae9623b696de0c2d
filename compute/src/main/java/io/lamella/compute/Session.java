package io.lamella.compute;

import java.io.InputStream;
import java.io.OutputStream;

/**
 * A running command or console. Streams block; each may be used by one thread. Closing ends the command.
 */
public interface Session extends AutoCloseable {
    OutputStream input();

    InputStream output();

    /** Standard error; at its end from the start where there is a terminal. */
    InputStream error();

    /** Tells the terminal its size; no effect without one. */
    void resize(int columns, int rows);

    /** Waits for the end and returns the exit code: 128 + n for signal n. */
    int await() throws InterruptedException;

    @Override
    void close();
}
