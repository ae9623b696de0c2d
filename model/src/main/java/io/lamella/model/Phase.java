package io.lamella.model;

import io.avaje.jsonb.Json;
import java.util.Locale;

/** Where an object stands between intent and fact. Written before and after each deed, so that a crash is repaired. */
public enum Phase {
    /** Intended; its maker has not been told of success. After a crash it is taken back. */
    CREATING,
    /** A fact. */
    PRESENT,
    /** To be removed. After a crash the removal is completed. */
    DELETING;

    @Json.Value
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
