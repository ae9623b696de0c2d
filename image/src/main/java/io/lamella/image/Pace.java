package io.lamella.image;

import io.lamella.compute.Progress;

/** Passes reports on at most every 100 ms within one step, so that a fast copy does not drown its listener. */
final class Pace implements Progress {
    private static final long INTERVAL_NANOS = 100_000_000;

    private final Progress to;
    private String step = "";
    private long last;

    Pace(Progress to) {
        this.to = to;
    }

    @Override
    public synchronized void report(String step, long done, long total) {
        long now = System.nanoTime();
        if (!step.equals(this.step) || now - last >= INTERVAL_NANOS) {
            this.step = step;
            last = now;
            to.report(step, done, total);
        }
    }
}
