package io.lamella.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the demo did and found: printed while it goes on, and written as JSON at its end. */
final class Report {
    private final Environment environment;
    private final Instant began = Instant.now();
    private final List<Map<String, Object>> steps = new ArrayList<>();
    private final List<Proof> proofs = new ArrayList<>();
    private final Map<String, @Nullable Object> facts = new LinkedHashMap<>();

    Report(Environment environment) {
        this.environment = environment;
    }

    /** Something to do that gives a value. */
    @FunctionalInterface
    interface Deed<T> {
        T carryOut();
    }

    /** Does something, and prints and keeps what it was and how long it took. */
    <T> T step(String what, Deed<T> deed) {
        long start = System.nanoTime();
        try {
            T value = deed.carryOut();
            double seconds = (System.nanoTime() - start) / 1e9;
            steps.add(Map.of("step", what, "seconds", rounded(seconds)));
            environment.out().println(String.format(Locale.ROOT, "%s %-58s %6.1f s", sign(true), what, seconds));
            environment.out().flush();
            return value;
        } catch (RuntimeException e) {
            environment.out().println(sign(false) + " " + what);
            environment.out().flush();
            throw e;
        }
    }

    private static double rounded(double seconds) {
        return Math.round(seconds * 1000) / 1000.0;
    }

    /** A tick or a cross where the terminal's character set has them. */
    private String sign(boolean good) {
        String locale = environment
                .variable("LC_ALL")
                .or(() -> environment.variable("LC_CTYPE"))
                .or(() -> environment.variable("LANG"))
                .orElse("")
                .toUpperCase(Locale.ROOT);
        boolean unicode = locale.contains("UTF-8") || locale.contains("UTF8");
        String sign = good ? (unicode ? "\u2713" : "ok  ") : (unicode ? "\u2717" : "FAIL");
        return environment.colour() ? (good ? "\u001b[32m" : "\u001b[31m") + sign + "\u001b[0m" : sign;
    }

    void fact(String name, @Nullable Object value) {
        facts.put(name, value);
    }

    void add(Proof proof) {
        proofs.add(proof);
    }

    boolean holds() {
        return !proofs.isEmpty() && proofs.stream().allMatch(Proof::holds);
    }

    /** One line a proof; the evidence of those that failed; then the verdict. */
    void printVerdict() {
        for (Proof p : proofs) {
            environment.out().println(sign(p.holds()) + " " + p.claim());
            if (!p.holds()) {
                p.evidence()
                        .forEach((what, value) -> environment
                                .out()
                                .println("       " + what + ": " + Table.printable(String.valueOf(value))));
            }
        }
        environment
                .out()
                .println(
                        holds()
                                ? "verdict: all " + proofs.size() + " proofs hold"
                                : "verdict: "
                                        + proofs.stream()
                                                .filter(p -> !p.holds())
                                                .count() + " of " + proofs.size()
                                        + " proofs FAILED");
    }

    /** @param trouble why the demo ended early, or the empty string */
    void write(Path file, String trouble) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("verdict", trouble.isEmpty() && holds() ? "passed" : "failed");
        if (!trouble.isEmpty()) {
            json.put("trouble", trouble);
        }
        json.put("began", began.toString());
        json.put("seconds", rounded((System.currentTimeMillis() - began.toEpochMilli()) / 1000.0));
        json.put("lamella", Version.NUMBER);
        json.putAll(facts);
        json.put("steps", steps);
        json.put("proofs", proofs.stream().map(Proof::toJson).toList());
        try {
            Files.write(file, (Json.pretty(json) + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw Failure.failed("the report " + file + " cannot be written: " + Endpoint.reason(e));
        }
    }
}
