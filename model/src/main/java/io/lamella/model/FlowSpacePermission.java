package io.lamella.model;

import io.avaje.jsonb.Json;

/** What a slice may do with the packets that a rule gives it. */
public enum FlowSpacePermission {
    /** See them: packet-ins, flow-removed, statistics. */
    READ("read"),
    /** Decide about them: flow entries and packet-outs. */
    WRITE("write"),
    READ_WRITE("read-write");

    private final String word;

    FlowSpacePermission(String word) {
        this.word = word;
    }

    public static FlowSpacePermission parse(String field, String text) {
        for (FlowSpacePermission p : values()) {
            if (p.word.equals(text)) {
                return p;
            }
        }
        throw Refusal.invalid(field, text, "read, write or read-write");
    }

    public boolean reads() {
        return this != WRITE;
    }

    public boolean writes() {
        return this != READ;
    }

    /** As in files and answers, such as {@code read-write}. */
    @Json.Value
    public String word() {
        return word;
    }

    @Override
    public String toString() {
        return word;
    }
}
