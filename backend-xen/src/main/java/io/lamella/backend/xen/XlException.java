package io.lamella.backend.xen;

/** The tool xl failed, or said what it should not; the message is a sentence's end. */
final class XlException extends RuntimeException {
    private static final long serialVersionUID = 1;

    XlException(String message) {
        super(message);
    }

    XlException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Whether libxl ran out of its patience, which no option changes (ERROR_TIMEDOUT in libxl.h). */
    boolean timedOut() {
        return String.valueOf(getMessage()).endsWith("-9");
    }
}
