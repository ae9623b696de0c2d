package io.lamella.model;

import io.avaje.jsonb.Json;
import java.util.Locale;

/** Whether CPUs have to be of one NUMA node. */
public enum NumaPolicy {
    ANY,
    /** Of one node where one has enough. */
    PREFERRED,
    /** Of one node, or none at all. */
    STRICT;

    public static NumaPolicy parse(String field, String text) {
        for (NumaPolicy policy : values()) {
            if (policy.word().equals(text)) {
                return policy;
            }
        }
        throw Refusal.invalid(field, text, "any, preferred or strict");
    }

    /** The word used in the API, the CLI and files. */
    @Json.Value
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return word();
    }
}
