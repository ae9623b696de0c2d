package io.lamella.model;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many wake-ups came how many microseconds late, on all measured CPUs together, as {@code cyclictest -h} prints it
 * (cyclictest(8)): a line for each microsecond with one count for each CPU, then what did not fit. Immutable.
 */
public final class LatencyHistogram {
    /** The most microseconds that a bucket may have. */
    public static final int MOST = 1_000_000;

    private static final Pattern BUCKET = Pattern.compile("(\\d{1,9})((?:[ \\t]+\\d{1,12})+)");
    private static final Pattern SUM = Pattern.compile("# (Max Latencies|Histogram Overflows):((?:[ \\t]+\\d{1,12})+)");

    private final TreeMap<Long, Long> counts;
    private final long samples;
    private final long max;

    private LatencyHistogram(TreeMap<Long, Long> counts, long overflows, long max) {
        this.counts = counts;
        this.samples = counts.values().stream().mapToLong(Long::longValue).sum() + overflows;
        this.max = Math.max(max, counts.isEmpty() ? 0 : counts.lastKey());
    }

    /** @throws Refusal where the text is no histogram with samples */
    public static LatencyHistogram parse(String text) {
        TreeMap<Long, Long> counts = new TreeMap<>();
        long overflows = 0;
        long max = 0;
        for (String line : (Iterable<String>) text.lines()::iterator) {
            Matcher bucket = BUCKET.matcher(line.strip());
            Matcher sum = SUM.matcher(line.strip());
            if (bucket.matches() && Long.parseLong(bucket.group(1)) <= MOST) {
                long count = total(bucket.group(2));
                if (count > 0) {
                    counts.merge(Long.parseLong(bucket.group(1)), count, Long::sum);
                }
            } else if (sum.matches() && sum.group(1).startsWith("Max")) {
                max = Math.max(max, largest(sum.group(2)));
            } else if (sum.matches()) {
                overflows += total(sum.group(2));
            }
        }
        LatencyHistogram histogram = new LatencyHistogram(counts, overflows, max);
        if (histogram.samples == 0) {
            throw Refusal.unavailable("the measurement has no samples");
        }
        return histogram;
    }

    private static long total(String numbers) {
        long total = 0;
        for (String number : numbers.strip().split("[ \\t]+", -1)) {
            total += Long.parseLong(number);
        }
        return total;
    }

    private static long largest(String numbers) {
        long largest = 0;
        for (String number : numbers.strip().split("[ \\t]+", -1)) {
            largest = Math.max(largest, Long.parseLong(number));
        }
        return largest;
    }

    public Latency latency(String method) {
        return new Latency(
                method,
                samples,
                percentile(50, 100),
                percentile(99, 100),
                percentile(999, 1000),
                percentile(9999, 10_000),
                max);
    }

    /** What {@code part} of {@code whole} samples did not exceed; the maximum where that one did not fit a bucket. */
    private long percentile(long part, long whole) {
        long rank = (long) Math.ceil((double) samples * part / whole);
        long seen = 0;
        for (Map.Entry<Long, Long> bucket : counts.entrySet()) {
            seen += bucket.getValue();
            if (seen >= rank) {
                return bucket.getKey();
            }
        }
        return max;
    }
}
