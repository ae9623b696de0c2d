package io.lamella.model;

import io.avaje.jsonb.Json;
import java.util.Locale;
import java.util.Optional;

/**
 * Long work that the daemon does in the background. Kept in memory only: a restart ends and cleans up what ran.
 *
 * @param kind such as {@code image.build}
 * @param target what it is about, such as an image's name
 * @param step what it is doing, in words
 * @param done how much of {@code total} is done; both 0 where nothing can be counted
 * @param error the sentence that ended it, where it failed
 */
@Json
public record Operation(
        String id,
        String kind,
        String target,
        State state,
        String step,
        long done,
        long total,
        Optional<String> error) {
    public Operation {
        error = Given.optional(error);
    }

    /** Where it stands. */
    public enum State {
        RUNNING,
        SUCCEEDED,
        FAILED;

        @Json.Value
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
