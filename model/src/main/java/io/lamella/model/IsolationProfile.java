package io.lamella.model;

import io.avaje.jsonb.Json;
import java.util.Locale;

/** How far CPUs are kept free of everything else; each profile keeps what the one before it promises. */
public enum IsolationProfile {
    /** Whoever asks for it runs together with everything else. */
    SHARED,
    /** No other instance runs on the CPUs; the kernel's own work and the host's processes may. */
    DEDICATED,
    /** Also no process of the host, no interrupt and no work of the kernel that can be kept away. */
    ISOLATED,
    /** Also what costs the whole node something, so that the longest interruption becomes short. */
    REALTIME;

    public static IsolationProfile parse(String field, String text) {
        for (IsolationProfile profile : values()) {
            if (profile.word().equals(text)) {
                return profile;
            }
        }
        throw Refusal.invalid(field, text, "shared, dedicated, isolated or realtime");
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
