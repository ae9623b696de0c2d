package io.lamella.microbench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Measurements beside each other: the first one is what the others are compared with. */
final class NoiseTable {
    static final String BOOTED = ", boot parameters";
    static final String ISOLATED = "isolated";
    static final String TUNED = "tuned";

    /** How many times fewer interruptions isolation with boot parameters is to have than the first row. */
    private static final double GOAL = 20;

    private final List<Noise> rows;

    NoiseTable(List<Noise> rows) {
        if (rows.isEmpty()) {
            throw new BenchmarkException("there are no measurements");
        }
        this.rows = List.copyOf(rows);
    }

    String text() {
        List<List<String>> cells = new ArrayList<>();
        cells.add(List.of(
                "STATE",
                "TICKS/s",
                "OTHER IRQ/s",
                "SWITCHES/s",
                "ALL/s",
                "FEWER",
                "WAKE-UPS",
                "P50 us",
                "P99",
                "P99.9",
                "P99.99",
                "MAX"));
        for (Noise n : rows) {
            cells.add(List.of(
                    n.state(),
                    each(n.ticks(), n),
                    each(n.interrupts(), n),
                    each(n.switches(), n),
                    String.format(Locale.ROOT, "%.2f", n.interruptions()),
                    fewer(n),
                    "" + n.latency().samples(),
                    "" + n.latency().p50(),
                    "" + n.latency().p99(),
                    "" + n.latency().p999(),
                    "" + n.latency().p9999(),
                    "" + n.latency().max()));
        }
        return Report.columns(cells);
    }

    private static String each(long count, Noise n) {
        return String.format(Locale.ROOT, "%.2f", count / n.seconds());
    }

    /** Where nothing at all was counted, as if it had been one. */
    private double ratio(Noise n) {
        return rows.getFirst().interruptions() / Math.max(n.interruptions(), 1 / n.seconds());
    }

    private String fewer(Noise n) {
        return String.format(Locale.ROOT, "%s%.1fx", n.interruptions() == 0 ? "> " : "", ratio(n));
    }

    /** A sentence for each goal. */
    List<String> verdicts() {
        List<String> verdicts = new ArrayList<>();
        row(ISOLATED + BOOTED)
                .ifPresent(n -> verdicts.add(String.format(
                        Locale.ROOT,
                        "%s: %s interruptions than %s, goal 20x: %s",
                        n.state(),
                        fewer(n) + " fewer",
                        rows.getFirst().state(),
                        ratio(n) >= GOAL ? "met" : "missed")));
        rival().ifPresent(r -> verdicts.add(String.format(
                Locale.ROOT,
                "isolated beside tuned's cpu-partitioning, both with boot parameters: %.2f and %.2f interruptions a second: %s",
                row(ISOLATED + BOOTED).orElseThrow().interruptions(),
                r.interruptions(),
                notWorse(r) ? "not worse" : "worse")));
        return verdicts;
    }

    private boolean notWorse(Noise rival) {
        Noise own = row(ISOLATED + BOOTED).orElseThrow();
        return own.interruptions() <= Math.max(rival.interruptions(), 1 / own.seconds());
    }

    private Optional<Noise> rival() {
        return row(ISOLATED + BOOTED).flatMap(own -> row(TUNED + BOOTED));
    }

    private Optional<Noise> row(String state) {
        return rows.stream().filter(n -> n.state().equals(state)).findFirst();
    }

    /** Whether all goals that were measured are met. */
    boolean met() {
        return row(ISOLATED + BOOTED).map(n -> ratio(n) >= GOAL).orElse(true)
                && rival().map(this::notWorse).orElse(true);
    }
}
