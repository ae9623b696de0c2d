package io.lamella.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** What cyclictest prints, and what it never would. */
class LatencyHistogramFuzz {
    /** Of cyclictest 2.8, with two threads. */
    private static final String PRINTED = """
            # /dev/cpu_dma_latency set to 0us
            # Histogram
            000000 000000\t000000
            000001 000900\t000899
            000002 000090\t000100
            000003 000009\t000000
            # Total: 000000999 000000999
            # Min Latencies: 00001 00001
            # Avg Latencies: 00001 00001
            # Max Latencies: 00077 00002
            # Histogram Overflows: 00001 00000
            # Histogram Overflow at cycle number:
            # Thread 0: 00500
            # Thread 1:
            """;

    @Example
    void isReadAsItIsPrinted() {
        assertThat(LatencyHistogram.parse(PRINTED).latency("cyclictest"))
                .isEqualTo(new Latency("cyclictest", 1999, 1, 2, 3, 77, 77));
    }

    @Example
    void withoutSamplesItIsRefused() {
        assertThatThrownBy(() -> LatencyHistogram.parse("# Histogram\n000000 000000\n"))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("no samples");
    }

    /** Percentiles by sorting all samples. */
    @Property
    void percentilesAreThoseOfTheSamples(@ForAll @Size(min = 1, max = 300) List<@IntRange(max = 50) Integer> late) {
        StringBuilder text = new StringBuilder();
        late.forEach(l -> text.append(l).append(" 1\n")); // a bucket may come again
        List<Integer> sorted = new ArrayList<>(late);
        Collections.sort(sorted);
        Latency found = LatencyHistogram.parse(text.toString()).latency("x");
        int n = sorted.size();
        assertThat(found.samples()).isEqualTo(n);
        assertThat(found.max()).isEqualTo((long) sorted.getLast());
        assertThat(found.p50()).isEqualTo((long) sorted.get((n + 1) / 2 - 1));
        assertThat(found.p99()).isEqualTo((long) sorted.get((n * 99 + 99) / 100 - 1));
        assertThat(found.p999()).isEqualTo((long) sorted.get((n * 999 + 999) / 1000 - 1));
    }

    @Property
    void anyTextIsReadOrRefused(@ForAll("words") String text) {
        try {
            Latency found = LatencyHistogram.parse(text).latency("x");
            assertThat(found.samples()).isPositive();
            assertThat(found.p50()).isBetween(0L, found.max());
            assertThat(found.p9999()).isBetween(found.p50(), found.max());
        } catch (Refusal e) {
            assertThat(e.getMessage()).contains("no samples");
        }
    }

    @Provide
    Arbitrary<String> words() {
        Arbitrary<String> lines = Arbitraries.of(PRINTED.lines().toList());
        Arbitrary<String> numbers =
                Arbitraries.integers().between(0, 2_000_000_000).map(n -> n + " " + n);
        return Arbitraries.oneOf(lines, numbers, Arbitraries.strings())
                .list()
                .ofMaxSize(40)
                .map(all -> String.join("\n", all));
    }
}
