package io.lamella.model;

import io.avaje.jsonb.Json;
import java.time.Instant;

/**
 * One latency measurement, and where it was made.
 *
 * @param machine a name that only this machine has
 * @param processor its model and how many CPUs are online
 * @param kernel its release
 */
@Json
public record GateRun(
        String machine,
        String processor,
        String kernel,
        IsolationProfile profile,
        CpuSet cpus,
        Instant time,
        Latency latency) {
    /** There is one baseline for each. */
    public String key() {
        return key(profile, cpus);
    }

    public static String key(IsolationProfile profile, CpuSet cpus) {
        return profile + " " + cpus;
    }
}
