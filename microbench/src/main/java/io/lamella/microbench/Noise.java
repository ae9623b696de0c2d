package io.lamella.microbench;

import io.lamella.model.Latency;
import java.util.List;

/**
 * What disturbed one CPU, while one busy task was on it, and how late timers woke a real-time task there.
 *
 * @param state of the CPU, such as {@code dedicated}
 * @param seconds how long was counted, more than 0
 * @param ticks interrupts of the local timer
 * @param interrupts all others
 * @param switches how often the task was made to wait for another
 */
record Noise(String state, double seconds, long ticks, long interrupts, long switches, Latency latency) {
    private static final int FIELDS = 12;

    /** Ticks, interrupts and switches together, each second. */
    double interruptions() {
        return (ticks + interrupts + switches) / seconds;
    }

    /** As {@link #parse} reads it. */
    String line() {
        Latency l = latency;
        return String.join(
                "\t",
                state,
                "" + seconds,
                "" + ticks,
                "" + interrupts,
                "" + switches,
                l.method(),
                "" + l.samples(),
                "" + l.p50(),
                "" + l.p99(),
                "" + l.p999(),
                "" + l.p9999(),
                "" + l.max());
    }

    static Noise parse(String line) {
        List<String> f = List.of(line.split("\t", -1));
        if (f.size() != FIELDS) {
            throw new BenchmarkException("\"" + line + "\" is no measurement");
        }
        try {
            return new Noise(
                    f.get(0),
                    Double.parseDouble(f.get(1)),
                    Long.parseLong(f.get(2)),
                    Long.parseLong(f.get(3)),
                    Long.parseLong(f.get(4)),
                    new Latency(
                            f.get(5),
                            Long.parseLong(f.get(6)),
                            Long.parseLong(f.get(7)),
                            Long.parseLong(f.get(8)),
                            Long.parseLong(f.get(9)),
                            Long.parseLong(f.get(10)),
                            Long.parseLong(f.get(11))));
        } catch (NumberFormatException e) {
            throw new BenchmarkException("\"" + line + "\" is no measurement");
        }
    }
}
