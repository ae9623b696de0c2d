package io.lamella.model;

import io.avaje.jsonb.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A measurement beside the baseline.
 *
 * @param baseline absent where this run became it
 * @param factor how many times the baseline a figure may be
 * @param worse the figures that are more than that, in words; none: the gate is passed
 */
@Json
public record GateReport(GateRun run, Optional<GateRun> baseline, double factor, List<String> worse) {
    /** Less than this is not told apart, in microseconds. */
    private static final long LEAST = 5;

    public GateReport {
        baseline = Given.optional(baseline);
        worse = Given.list(worse);
    }

    public static GateReport recorded(GateRun run, double factor) {
        return new GateReport(run, Optional.empty(), factor, List.of());
    }

    /**
     * Compares two runs on one machine, whatever their kernels.
     *
     * @throws Refusal where they cannot be compared
     */
    public static GateReport compare(GateRun run, GateRun baseline, double factor) {
        same("on another machine", baseline.machine(), run.machine());
        same("on another processor", baseline.processor(), run.processor());
        same(
                "by " + baseline.latency().method(),
                baseline.latency().method(),
                run.latency().method());
        Latency was = baseline.latency();
        Latency is = run.latency();
        List<String> worse = new ArrayList<>();
        weigh(worse, "p99", was.p99(), is.p99(), factor);
        weigh(worse, "p99.9", was.p999(), is.p999(), factor);
        weigh(worse, "max", was.max(), is.max(), factor);
        return new GateReport(run, Optional.of(baseline), factor, worse);
    }

    private static void same(String where, String was, String is) {
        if (!was.equals(is)) {
            throw Refusal.conflict(
                    "baseline",
                    "the baseline was recorded " + where + " (" + was + ", and this is " + is
                            + "): record one here, as with lamella isolate gate --record");
        }
    }

    private static void weigh(List<String> worse, String name, long was, long is, double factor) {
        if (is > factor * Math.max(LEAST, was)) {
            worse.add(name + " is " + is + " µs and was " + was + " µs");
        }
    }

    public boolean passed() {
        return worse.isEmpty();
    }
}
