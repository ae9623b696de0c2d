package io.lamella.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.lamella.model.FlowSpaceReport.Conflict;
import io.lamella.model.FlowSpaceReport.Kind;
import io.lamella.model.FlowSpaceReport.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Random configurations and packets; {@link HeaderOracle} and FlowVisor's rule of priorities decide who gets a packet. */
class FlowSpaceCheckProperties {
    private static final int PACKETS = 300;

    private record Getter(String slice, String rule, FlowSpaceRule what) {}

    /** The rules of the highest priority that match. */
    private static List<Getter> getters(FlowSpace flowSpace, Map<String, String> packet) {
        List<Getter> all = new ArrayList<>();
        for (FlowSpaceSlice s : flowSpace.slices()) {
            for (int i = 0; i < s.rules().size(); i++) {
                if (HeaderOracle.matches(s.rules().get(i).match(), packet)) {
                    all.add(new Getter(s.name(), s.label(i), s.rules().get(i)));
                }
            }
        }
        int top =
                all.stream().mapToInt(FlowSpaceCheckProperties::priority).max().orElse(0);
        return all.stream().filter(g -> priority(g) == top).toList();
    }

    private static int priority(Getter g) {
        return g.what.priority().orElse(0);
    }

    private static Kind kind(FlowSpacePermission one, FlowSpacePermission two) {
        boolean read = one == FlowSpacePermission.READ;
        boolean alsoRead = two == FlowSpacePermission.READ;
        return read && alsoRead ? Kind.READ_READ : read || alsoRead ? Kind.WRITE_READ : Kind.WRITE_WRITE;
    }

    private static Set<String> key(String one, String two) {
        return Set.of(one, two);
    }

    @Property(tries = 400)
    void noPacketMeetsTwoSlicesUnlessTheCheckSaysSo(@ForAll long seed) {
        Random random = new Random(seed);
        FlowSpace flowSpace = HeaderOracle.flowSpace(random);
        FlowSpaceReport report = FlowSpaceCheck.of(flowSpace, Integer.MAX_VALUE - 1);
        Map<Set<String>, Kind> found = report.conflicts().stream()
                .collect(Collectors.toMap(c -> key(c.first().rule(), c.second().rule()), Conflict::kind));
        Set<String> useless =
                report.warnings().stream().map(w -> w.rule().rule()).collect(Collectors.toSet());
        for (int i = 0; i < PACKETS; i++) {
            Map<String, String> packet = HeaderOracle.packet(random);
            List<Getter> getters = getters(flowSpace, packet);
            for (Getter g : getters) {
                assertThat(useless).as("%s gets %s", g, packet).doesNotContain(g.rule);
                for (Getter other : getters) {
                    if (!g.slice.equals(other.slice)) {
                        assertThat(found)
                                .as("%s of %s", packet, flowSpace)
                                .containsEntry(
                                        key(g.rule, other.rule), kind(g.what.permission(), other.what.permission()));
                    }
                }
            }
        }
    }

    @Property(tries = 400)
    void everyWitnessBelongsToBothRulesWhateverElseItHolds(@ForAll long seed) {
        Random random = new Random(seed);
        FlowSpace flowSpace = HeaderOracle.flowSpace(random);
        FlowSpaceReport report = FlowSpaceCheck.of(flowSpace, Integer.MAX_VALUE - 1);
        assertThat(report.verdict() == Verdict.ISOLATED)
                .isEqualTo(report.conflicts().isEmpty());
        assertThat(report.verdict() == Verdict.AFFECTED)
                .isEqualTo(report.conflicts().stream().anyMatch(c -> c.kind() != Kind.READ_READ));
        for (Conflict c : report.conflicts()) {
            for (int i = 0; i < 3; i++) {
                Map<String, String> packet = HeaderOracle.complete(c.packet(), random);
                assertThat(packet).as("no packet can be %s", c.packet()).isNotEmpty();
                assertThat(getters(flowSpace, packet))
                        .as("%s of %s", packet, flowSpace)
                        .extracting(Getter::rule)
                        .contains(c.first().rule(), c.second().rule());
            }
            assertThat(c.kind() == Kind.WRITE_READ)
                    .isEqualTo(!c.second().permission().writes()
                            && c.first().permission().writes());
        }
    }

    @Property(tries = 200)
    void aLimitShortensTheListAndChangesNothingElse(@ForAll long seed) {
        FlowSpace flowSpace = HeaderOracle.flowSpace(new Random(seed));
        FlowSpaceReport all = FlowSpaceCheck.of(flowSpace, Integer.MAX_VALUE - 1);
        FlowSpaceReport some = FlowSpaceCheck.of(flowSpace, 1);
        assertThat(some.verdict()).isEqualTo(all.verdict());
        assertThat(some.warnings()).isEqualTo(all.warnings());
        assertThat(all.conflicts()).containsAll(some.conflicts());
        assertThat(all.more()).isFalse();
        assertThat(some.more())
                .isEqualTo(some.conflicts().size() < all.conflicts().size());
    }
}
