package io.lamella.model;

import io.avaje.jsonb.Json;

/** What becomes of packets for a slice's controllers while none of them is connected. */
public enum FlowSpaceAbsence {
    /** The proxy drops them; the switch goes on sending each of them. */
    IGNORE("ignore"),
    /** The switch itself drops packets with the same headers for a while. */
    DROP("drop");

    private final String word;

    FlowSpaceAbsence(String word) {
        this.word = word;
    }

    public static FlowSpaceAbsence parse(String field, String text) {
        for (FlowSpaceAbsence a : values()) {
            if (a.word.equals(text)) {
                return a;
            }
        }
        throw Refusal.invalid(field, text, "ignore or drop");
    }

    /** As in files, such as {@code drop}. */
    @Json.Value
    public String word() {
        return word;
    }

    @Override
    public String toString() {
        return word;
    }
}
