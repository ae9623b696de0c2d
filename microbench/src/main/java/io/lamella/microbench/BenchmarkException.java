package io.lamella.microbench;

/** The benchmark cannot go on; the message says why. */
final class BenchmarkException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BenchmarkException(String message) {
        super(message);
    }
}
