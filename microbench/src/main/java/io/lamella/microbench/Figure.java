package io.lamella.microbench;

import java.util.List;
import java.util.Optional;

/**
 * One figure of the table: Lamella's, and what it is compared with.
 *
 * @param unit of both, such as {@code ms}
 * @param reference what the ratio is taken to; absent: the goal is about the figure itself
 * @param goal the most that the ratio, or else the median, may be; absent: it is only told
 */
record Figure(
        String name,
        String unit,
        Samples own,
        Optional<String> referenceName,
        Optional<Samples> reference,
        Optional<Double> goal) {
    static Figure compared(
            String name, String unit, Samples own, String referenceName, Samples reference, double goal) {
        return new Figure(name, unit, own, Optional.of(referenceName), Optional.of(reference), Optional.of(goal));
    }

    static Figure alone(String name, String unit, double value, Optional<Double> goal) {
        Samples own = new Samples();
        own.add(value);
        return new Figure(name, unit, own, Optional.empty(), Optional.empty(), goal);
    }

    Optional<Double> ratio() {
        return reference.map(r -> own.median() / r.median());
    }

    /** Whether the goal is met; absent where there is none. */
    Optional<Boolean> met() {
        return goal.map(most -> ratio().orElseGet(own::median) <= most);
    }

    static boolean allMet(List<Figure> figures) {
        return figures.stream().allMatch(f -> f.met().orElse(true));
    }
}
