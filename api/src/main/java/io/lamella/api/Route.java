package io.lamella.api;

import java.util.List;

/**
 * One thing that the API does.
 *
 * @param template the path below {@code /v1}
 * @param query the query parameters it knows; all others are refused
 */
record Route(String method, Template template, Access access, List<String> query, Endpoint endpoint) {
    Route(String method, String template, Access access, Endpoint endpoint, String... query) {
        this(method, new Template(template), access, List.of(query), endpoint);
    }

    /** Carries a call out on a thread that may block. */
    @FunctionalInterface
    interface Endpoint {
        Reply answer(Call call) throws Exception;
    }

    @Override
    public String toString() {
        return method + " " + template;
    }
}
