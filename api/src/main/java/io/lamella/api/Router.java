package io.lamella.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds the route of a request. */
final class Router {
    static final String ROOT = "/v1";

    private final List<Route> routes;

    Router(List<Route> routes) {
        this.routes = List.copyOf(routes);
    }

    /**
     * Finds the route for a path as it stands in the request line, without its query.
     *
     * @throws HttpRefusal where no route has the path (404) or none of those that have it takes the method (405)
     */
    Match find(String method, String rawPath) {
        if (!rawPath.startsWith(ROOT + "/")) {
            throw HttpRefusal.notFound(rawPath);
        }
        List<String> segments = Template.segments(rawPath.substring(ROOT.length())).stream()
                .map(s -> Percent.decode("path", s, false))
                .toList();
        List<String> allowed = new ArrayList<>();
        for (Route route : routes) {
            Optional<PathVariables> path = route.template().match(segments);
            if (path.isPresent()) {
                if (route.method().equals(method)) {
                    return new Match(route, path.get());
                }
                allowed.add(route.method());
            }
        }
        if (allowed.isEmpty()) {
            throw HttpRefusal.notFound(rawPath);
        }
        throw HttpRefusal.methodNotAllowed(
                method, rawPath, String.join(", ", allowed.stream().distinct().toList()));
    }

    /** A route and its path's variables, not yet checked. */
    record Match(Route route, PathVariables path) {}
}
