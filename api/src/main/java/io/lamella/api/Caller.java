package io.lamella.api;

import io.lamella.model.Refusal;
import java.util.Optional;

/**
 * Who calls, as proven by the socket's peer credentials or by a token.
 *
 * @param name for the log and for refusals
 * @param slice the one slice it is confined to; absent: it administers the node
 */
record Caller(String name, Optional<String> slice) {
    boolean sees(String other) {
        return slice.isEmpty() || slice.get().equals(other);
    }

    /** Refuses a call of {@code route}. */
    void check(Route route, PathVariables path) {
        boolean allowed = slice.isEmpty()
                || switch (route.access()) {
                    case ADMINISTRATOR -> false;
                    case SLICE -> sees(path.get("slice"));
                    case EVERYONE -> true;
                };
        if (!allowed) {
            throw Refusal.forbidden(name + " may use nothing outside slice \"" + slice.orElse("") + "\"");
        }
    }
}
