package io.lamella.microbench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FigureTest {
    @Test
    void medianIsTheMiddleOfWhatWasMeasured() {
        assertThat(Samples.of(List.of(9.0, 1.0, 2.0)).median()).isEqualTo(2.0);
        assertThat(Samples.of(List.of(4.0, 1.0, 2.0, 9.0)).median()).isEqualTo(3.0);
    }

    @Test
    void firstAndLastAreInOrderOfMeasuring() {
        Samples s = Samples.of(List.of(5.0, 1.0, 3.0));
        assertThat(s.first(2).max()).isEqualTo(5.0);
        assertThat(s.last(2).max()).isEqualTo(3.0);
        assertThat(s.last(10).count()).isEqualTo(3);
    }

    @Test
    void goalIsAboutTheRatioWhereThereIsAReference() {
        Samples own = Samples.of(List.of(26.0));
        Samples reference = Samples.of(List.of(20.0));
        assertThat(Figure.compared("a", "ms", own, "b", reference, 1.3).met()).contains(true);
        assertThat(Figure.compared("a", "ms", own, "b", reference, 1.2).met()).contains(false);
        assertThat(Figure.alone("a", "MiB", 26, Optional.of(100.0)).met()).contains(true);
        assertThat(Figure.alone("a", "MiB", 26, Optional.empty()).met()).isEmpty();
    }

    @Test
    void tableAndJsonHoldEveryFigure() {
        List<Figure> figures = List.of(
                Figure.compared("launch", "ms", Samples.of(List.of(26.0)), "bare", Samples.of(List.of(20.0)), 1.3),
                Figure.alone("memory", "MiB", 3, Optional.empty()));
        assertThat(Report.table(figures)).contains("launch", "1.30x", "<= 1.30x", "met", "memory");
        assertThat(Report.json(java.util.Map.of("cpus", "2"), figures))
                .contains("\"ratio\": 1.300", "\"met\": true", "\"name\": \"memory\"", "\"cpus\": \"2\"");
    }

    @Test
    void verdictNamesWhatWasMissed() {
        Figure met = Figure.alone("memory", "MiB", 3, Optional.of(4.0));
        Figure missed = Figure.alone("start", "ms", 5, Optional.of(4.0));
        assertThat(Report.verdict(List.of(met))).isEqualTo("all goals are met");
        assertThat(Report.verdict(List.of(met, missed))).isEqualTo("missed: start");
        assertThat(Figure.allMet(List.of(met))).isTrue();
        assertThat(Figure.allMet(List.of(met, missed))).isFalse();
    }
}
