package io.lamella.microbench;

/** An instance as the bare tool starts it, without the node. */
interface Rival extends AutoCloseable {
    /** Starts it and returns how long it took until it was as ready as a launched instance is, in milliseconds. */
    double start();

    void stop();

    @Override
    void close();
}
