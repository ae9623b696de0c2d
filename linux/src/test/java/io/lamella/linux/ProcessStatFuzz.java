package io.lamella.linux;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;

class ProcessStatFuzz {
    private static final String AFTER_NAME =
            ") S 1 77 77 0 -1 4194560 230 0 2 0 1 2 0 0 20 0 1 0 4711 2600000 300 184467 1 2 3 4 5\n";

    @Property
    void anyNameIsSkipped(@ForAll @StringLength(max = 15) String name) {
        assertThat(ProcessStat.parse("77 (" + name + AFTER_NAME)).contains(new ProcessStat('S', 4711));
    }

    @Property
    void anyTextIsRead(@ForAll String text) {
        assertThat(ProcessStat.parse(text))
                .satisfiesAnyOf(
                        stat -> assertThat(stat).isEmpty(),
                        stat -> assertThat(stat).isPresent());
    }

    @Property
    void aStatThatIsCutShortIsRefusedOrRead(@ForAll @IntRange(max = 80) int length) {
        String stat = "77 (a) b" + AFTER_NAME;
        ProcessStat.parse(stat.substring(0, length))
                .ifPresent(cut -> assertThat(Long.toString(cut.startTime())).isSubstringOf("4711"));
    }
}
