package io.lamella.microbench;

import java.util.ArrayList;
import java.util.List;

/** What was measured again and again, in one unit. Not safe for use by several threads. */
final class Samples {
    private final List<Double> values = new ArrayList<>();

    static Samples of(List<Double> values) {
        Samples samples = new Samples();
        samples.values.addAll(values);
        return samples;
    }

    void add(double value) {
        values.add(value);
    }

    int count() {
        return values.size();
    }

    /** The first {@code n} that were measured; fewer where there are not as many. */
    Samples first(int n) {
        return of(values.subList(0, Math.min(n, values.size())));
    }

    /** The last {@code n} that were measured; fewer where there are not as many. */
    Samples last(int n) {
        return of(values.subList(Math.max(0, values.size() - n), values.size()));
    }

    /** The middle one, or the mean of the two in the middle. */
    double median() {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    double min() {
        return values.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
    }

    double max() {
        return values.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
    }
}
