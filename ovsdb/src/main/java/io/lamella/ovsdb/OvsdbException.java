package io.lamella.ovsdb;

/**
 * A database operation that failed: which one, the error and its details. The error is the server's own word (RFC 7047
 * sections 3.1 and 5.2, for example {@code constraint violation}) or one of this client's: {@link #DISCONNECTED},
 * {@link #TIMEOUT}, {@link #PROTOCOL}.
 */
public final class OvsdbException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** There is no connection, or it broke before the reply: the operation may have been carried out or not. */
    public static final String DISCONNECTED = "disconnected";
    /** No reply in time: the operation may have been carried out or not. */
    public static final String TIMEOUT = "timed out";
    /** The peer sent something that is not OVSDB. */
    public static final String PROTOCOL = "protocol error";

    private final String operation;
    private final String error;
    private final String details;

    OvsdbException(String operation, String error, String details) {
        super(operation + ": " + error + (details.isEmpty() ? "" : ": " + details));
        this.operation = operation;
        this.error = error;
        this.details = details;
    }

    OvsdbException(String operation, String error, Throwable cause) {
        this(operation, error, String.valueOf(cause.getMessage()));
        initCause(cause);
    }

    static OvsdbException protocol(String details) {
        return new OvsdbException("reading", PROTOCOL, details);
    }

    /** For example {@code insert into Bridge}. */
    public String operation() {
        return operation;
    }

    public String error() {
        return error;
    }

    /** More about the error; empty where the server had no more to say. */
    public String details() {
        return details;
    }

    /** The sentence; never null. */
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
