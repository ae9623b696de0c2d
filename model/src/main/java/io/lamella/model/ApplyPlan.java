package io.lamella.model;

import io.avaje.jsonb.Json;
import java.util.List;
import java.util.Locale;

/** What {@code apply} would do, in the order in which it would do it. Empty where the node is as asked. */
@Json
public record ApplyPlan(List<Change> changes) {
    public ApplyPlan {
        changes = Given.list(changes);
    }

    /** What happens to an object. */
    public enum Action {
        CREATE,
        UPDATE,
        /** Deleted and made anew, because what changed cannot be changed in place. */
        REPLACE,
        DELETE,
        START,
        STOP;

        @Json.Value
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * One change.
     *
     * @param kind {@code slice}, {@code network} or {@code instance}
     * @param slice the slice; for a slice its own name
     * @param fields what differs; empty for a deletion, a start or a stop
     */
    @Json
    public record Change(Action action, String kind, String slice, String name, List<FieldChange> fields) {
        public Change {
            fields = Given.list(fields);
        }
    }

    /** A field's value before and after; the empty string where there is none. */
    @Json
    public record FieldChange(String field, String before, String after) {}
}
