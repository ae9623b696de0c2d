package io.lamella.flowspace;

import java.time.Duration;

/** A bucket that a second fills: messages beyond the rate have to wait. For one thread. */
final class RateLimit {
    private final long interval;
    private final long burst;
    private long next;

    /** @param rate messages a second, at least 1 */
    RateLimit(int rate) {
        interval = Duration.ofSeconds(1).toNanos() / rate;
        burst = Duration.ofSeconds(1).toNanos();
        next = System.nanoTime() - burst;
    }

    /** Takes one message; returns how long no other may be taken. */
    Duration spend() {
        long now = System.nanoTime();
        next = Math.max(next, now - burst) + interval;
        return next - now > 0 ? Duration.ofNanos(next - now) : Duration.ZERO;
    }
}
