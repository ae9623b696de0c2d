package io.lamella.model;

import io.avaje.jsonb.Json;
import java.util.Optional;

/**
 * A short latency measurement on the isolated CPUs.
 *
 * @param record whether it becomes what later ones are compared with; absent: false
 * @param seconds how long it takes, 1 to 300; absent: 10
 * @param factor how many times the baseline a figure may be, 1 to 1000; absent: 2
 */
@Json
public record GateRequest(Optional<Boolean> record, Optional<Integer> seconds, Optional<Double> factor) {
    private static final int MOST_SECONDS = 300;
    private static final double MOST_FACTOR = 1000;

    public GateRequest {
        record = Given.optional(record);
        seconds = Given.optional(seconds);
        factor = Given.optional(factor);
        if (seconds.isPresent() && (seconds.get() < 1 || seconds.get() > MOST_SECONDS)) {
            throw Refusal.invalid("seconds", seconds.get(), "a number from 1 to " + MOST_SECONDS);
        }
        if (factor.isPresent() && !(factor.get() >= 1 && factor.get() <= MOST_FACTOR)) {
            throw Refusal.invalid("factor", factor.get(), "a number from 1 to 1000");
        }
    }

    public boolean recording() {
        return record.orElse(false);
    }

    public int secondsOrDefault() {
        return seconds.orElse(10);
    }

    public double factorOrDefault() {
        return factor.orElse(2.0);
    }
}
