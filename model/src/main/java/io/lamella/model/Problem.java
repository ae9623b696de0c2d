package io.lamella.model;

import io.avaje.jsonb.Json;

/** The body of every answer of the API that is not a success. */
@Json
public record Problem(Detail error) {
    /**
     * What went wrong.
     *
     * @param reason a {@link Refusal.Reason} in lower case, or a word for what HTTP itself refuses, such as
     *     {@code unauthenticated} or {@code too_large}; {@code internal} for a defect
     * @param field the offending field, or the empty string where no single field is to blame
     * @param message one sentence
     */
    @Json
    public record Detail(String reason, String field, String message) {}
}
