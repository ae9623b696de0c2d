package io.lamella.api;

import java.util.Map;

/** A request that HTTP itself, not the node, has a status for. */
final class HttpRefusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String reason;
    private final transient Map<String, String> headers;

    private HttpRefusal(int status, String reason, String message, Map<String, String> headers) {
        super(message, null, false, false);
        this.status = status;
        this.reason = reason;
        this.headers = headers;
    }

    /** RFC 6750 section 3. */
    static HttpRefusal unauthenticated(String message) {
        return new HttpRefusal(401, "unauthenticated", message, Map.of("WWW-Authenticate", "Bearer realm=\"lamella\""));
    }

    static HttpRefusal notFound(String path) {
        return new HttpRefusal(404, "not_found", "the API has no path " + path, Map.of());
    }

    static HttpRefusal methodNotAllowed(String method, String path, String allowed) {
        return new HttpRefusal(
                405,
                "method_not_allowed",
                method + " is not allowed on " + path + ", only " + allowed,
                Map.of("Allow", allowed));
    }

    static HttpRefusal tooLarge(String message) {
        return new HttpRefusal(413, "too_large", message, Map.of());
    }

    static HttpRefusal unsupportedType(String given, String wanted) {
        return new HttpRefusal(
                415,
                "unsupported_type",
                "content type \"" + given + "\" is not allowed: it must be " + wanted,
                Map.of());
    }

    /** RFC 9110 section 15.5.22. */
    static HttpRefusal upgradeRequired() {
        return new HttpRefusal(
                426,
                "upgrade_required",
                "this path speaks WebSocket version 13: ask for an upgrade",
                Map.of("Upgrade", "websocket", "Connection", "Upgrade", "Sec-WebSocket-Version", "13"));
    }

    static HttpRefusal tooManyRequests(long retryAfterSeconds) {
        return new HttpRefusal(
                429,
                "too_many_requests",
                "too many failed authentications from this address: wait " + retryAfterSeconds + " s",
                Map.of("Retry-After", Long.toString(retryAfterSeconds)));
    }

    int status() {
        return status;
    }

    String reason() {
        return reason;
    }

    Map<String, String> headers() {
        return headers;
    }

    /** The sentence; never null. */
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
