package io.lamella.api;

import io.lamella.model.Codec;
import io.lamella.model.Problem;
import io.lamella.model.Refusal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns whatever goes wrong into one JSON answer. */
final class Problems extends ErrorHandler {
    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

    /** An answer to be. */
    record Answer(int status, Problem problem, Map<String, String> headers) {
        private static Answer of(int status, String reason, String field, String message) {
            return new Answer(status, new Problem(new Problem.Detail(reason, field, message)), Map.of());
        }
    }

    /** What Jetty refuses by itself, such as a request that is no HTTP. */
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        Throwable cause = (Throwable) request.getAttribute(ERROR_EXCEPTION);
        int status = cause instanceof HttpException http ? http.getCode() : response.getStatus();
        String message = String.valueOf(request.getAttribute(ERROR_MESSAGE));
        write(http(status, message), response, callback);
        return true;
    }

    static Answer answer(Throwable failure, Request request) {
        return switch (failure) {
            case Refusal refusal ->
                Answer.of(
                        refusal.reason().httpStatus(),
                        refusal.reason().name().toLowerCase(Locale.ROOT),
                        refusal.field(),
                        refusal.getMessage());
            case HttpRefusal refusal ->
                new Answer(
                        refusal.status(),
                        new Problem(new Problem.Detail(refusal.reason(), "", refusal.getMessage())),
                        refusal.headers());
            default -> unexpected(failure, request);
        };
    }

    private static Answer unexpected(Throwable failure, Request request) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof Refusal refusal) {
                return answer(refusal, request);
            }
            if (cause instanceof HttpException http && http.getCode() < 500) {
                return http(http.getCode(), String.valueOf(http.getReason()));
            }
            if (cause instanceof TimeoutException) {
                return http(408, "the rest of it did not arrive in time");
            }
        }
        String id = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
        // the path without its query: a command's environment is nobody else's business
        LOG.error("Failure {}: {} {}", id, request.getMethod(), Request.getPathInContext(request), failure);
        return Answer.of(500, "internal", "", "an internal error, which the daemon's log describes under " + id);
    }

    private static Answer http(int status, String message) {
        return switch (status) {
            case 408 -> Answer.of(status, "timeout", "", "the request is incomplete: " + message);
            case 413, 414, 431 -> Answer.of(status, "too_large", "", "the request is too large: " + message);
            case 503 -> Answer.of(status, "unavailable", "", "the daemon is stopping");
            default ->
                status < 500
                        ? Answer.of(status, "invalid", "", "the request is not valid HTTP: " + message)
                        : Answer.of(status, "internal", "", "an internal error: " + message);
        };
    }

    static void write(Answer answer, Response response, Callback callback) {
        byte[] body = Codec.write(answer.problem()).getBytes(StandardCharsets.UTF_8);
        response.setStatus(answer.status());
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        response.getHeaders().put("X-Content-Type-Options", "nosniff");
        answer.headers().forEach((name, value) -> response.getHeaders().put(name, value));
        response.write(true, ByteBuffer.wrap(body), callback);
    }
}
