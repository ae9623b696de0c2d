package io.lamella.model;

import io.avaje.jsonb.Json;
import io.lamella.model.Requirement.Kind;
import java.util.List;
import java.util.Locale;

/**
 * What a machine has of what capabilities need.
 *
 * @param kernel which kernel, and where its configuration was read
 * @param items one for each requirement that concerns the machine
 */
@Json
public record NodeCheckReport(String machine, String kernel, List<Item> items) {
    public NodeCheckReport {
        items = Given.list(items);
    }

    /** Whether everything is there that is required; what is not known is not. */
    public boolean complete() {
        return items.stream().noneMatch(i -> i.required() && i.state() != State.THERE);
    }

    /** How a requirement stands. */
    public enum State {
        THERE,
        MISSING,
        /** It cannot be told here. */
        UNKNOWN;

        @Json.Value
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * One requirement.
     *
     * @param required false where the capability works without it, though worse
     * @param wanted the values that are enough
     * @param found what there is instead, or of it
     * @param purpose what it is for
     * @param broughtBy what brings it; empty where it is there
     */
    @Json
    public record Item(
            Capability capability,
            Kind kind,
            String name,
            State state,
            boolean required,
            String wanted,
            String found,
            String purpose,
            String broughtBy) {}
}
