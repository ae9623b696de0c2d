package io.lamella.model;

/**
 * A request that cannot be carried out, in one sentence for the person who made it: the field, the value and what is
 * allowed. Thrown by every room for errors that the caller can act on; anything else is a defect.
 */
public final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Why a request is refused; each reason has one HTTP status and one CLI exit code. */
    public enum Reason {
        /** The request itself is wrong: HTTP 400, exit code 2. */
        INVALID(400),
        /** The caller may not do this: HTTP 403, exit code 1. */
        FORBIDDEN(403),
        /** The named thing does not exist: HTTP 404, exit code 1. */
        NOT_FOUND(404),
        /** The request contradicts what exists: HTTP 409, exit code 1. */
        CONFLICT(409),
        /** The request is larger than what is left: HTTP 507, exit code 1. */
        EXHAUSTED(507),
        /** Something that the node needs is not there or not running: HTTP 503, exit code 1. */
        UNAVAILABLE(503);

        private final int httpStatus;

        Reason(int httpStatus) {
            this.httpStatus = httpStatus;
        }

        public int httpStatus() {
            return httpStatus;
        }
    }

    private final Reason reason;
    private final String field;

    private Refusal(Reason reason, String field, String message) {
        super(message);
        this.reason = reason;
        this.field = field;
    }

    /** The value of {@code field} is not allowed; {@code allowed} completes the sentence "must be ...". */
    public static Refusal invalid(String field, Object value, String allowed) {
        return new Refusal(Reason.INVALID, field, field + " \"" + value + "\" is not allowed: it must be " + allowed);
    }

    public static Refusal invalid(String field, String sentence) {
        return new Refusal(Reason.INVALID, field, sentence);
    }

    public static Refusal notFound(String kind, String name) {
        return new Refusal(Reason.NOT_FOUND, kind, "there is no " + kind + " \"" + name + "\"");
    }

    public static Refusal conflict(String field, String sentence) {
        return new Refusal(Reason.CONFLICT, field, sentence);
    }

    public static Refusal exhausted(String field, String sentence) {
        return new Refusal(Reason.EXHAUSTED, field, sentence);
    }

    public static Refusal forbidden(String sentence) {
        return new Refusal(Reason.FORBIDDEN, "", sentence);
    }

    public static Refusal unavailable(String sentence) {
        return new Refusal(Reason.UNAVAILABLE, "", sentence);
    }

    public Reason reason() {
        return reason;
    }

    /** The offending field, or the empty string where no single field is to blame. */
    public String field() {
        return field;
    }

    /** The sentence; never null. */
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
