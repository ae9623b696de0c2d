package io.lamella.cli;

/** Ends the command: one sentence for standard error and the exit code. The only exception that {@link Main} expects. */
final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    private Failure(int exitCode, String sentence) {
        super(sentence, null, false, false);
        this.exitCode = exitCode;
    }

    /** The operation failed: exit code 1. */
    static Failure failed(String sentence) {
        return new Failure(1, sentence);
    }

    /** The command line, or what was asked, is wrong: exit code 2. */
    static Failure wrongUse(String sentence) {
        return new Failure(2, sentence);
    }

    int exitCode() {
        return exitCode;
    }

    /** The sentence; never null. */
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
