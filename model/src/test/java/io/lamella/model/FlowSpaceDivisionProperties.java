package io.lamella.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** {@link HeaderOracle} and the rule of priorities decide whose a packet is, and what matches it. */
class FlowSpaceDivisionProperties {
    private static final int PACKETS = 100;

    /** Those of {@link HeaderOracle}; the last is the local one. */
    private static final List<Integer> PORTS = List.of(1, 2, 3, -2);

    private static HeaderSpace space(Map<String, String> packet) {
        Map<String, String> here = new LinkedHashMap<>(packet);
        here.remove("datapath");
        return HeaderMatch.parse("packet", here).space();
    }

    @Property(tries = 300)
    void everyPacketIsWhoseTheRulesSay(@ForAll long seed) {
        Random random = new Random(seed);
        FlowSpace flowSpace = HeaderOracle.flowSpace(random);
        for (int i = 0; i < PACKETS; i++) {
            Map<String, String> packet = HeaderOracle.packet(random);
            long datapath = Long.decode(packet.getOrDefault("datapath", ""));
            FlowSpaceDivision division = FlowSpaceDivision.of(flowSpace, datapath);
            TreeSet<Integer> readers = new TreeSet<>();
            TreeSet<Integer> writers = new TreeSet<>();
            int top = -1;
            for (int s = 0; s < 3; s++) {
                for (FlowSpaceRule r : flowSpace.slices().get(s).rules()) {
                    int priority = r.priority().orElse(0);
                    if (priority < top || !HeaderOracle.matches(r.match(), packet)) {
                        continue;
                    }
                    if (priority > top) {
                        top = priority;
                        readers.clear();
                        writers.clear();
                    }
                    if (r.permission().reads()) {
                        readers.add(s);
                    }
                    if (r.permission().writes()) {
                        writers.add(s);
                    }
                }
            }
            HeaderSpace point = space(packet);
            assertThat(division.readers(point)).as("%s", packet).isEqualTo(List.copyOf(readers));
            for (int s = 0; s < 3; s++) {
                boolean writes = writers.contains(s);
                assertThat(division.writesAll(s, point)).as("%s", packet).isEqualTo(writes);
                assertThat(division.writesAny(s, point)).isEqualTo(writes);
                assertThat(division.writable(s, point).orElseThrow().isEmpty()).isEqualTo(!writes);
            }
        }
    }

    /** The three ways to ask what a slice writes agree, also about many packets at once. */
    @Property(tries = 300)
    void whatIsWritableIsWhatIsWritten(@ForAll long seed) {
        Random random = new Random(seed);
        FlowSpaceDivision division = FlowSpaceDivision.of(HeaderOracle.flowSpace(random), 1);
        for (int i = 0; i < 5; i++) {
            Map<String, String> match = HeaderOracle.match(random);
            match.remove("datapath");
            HeaderSpace within = HeaderMatch.parse("match", match).space();
            for (int s = 0; s < 3; s++) {
                Optional<HeaderSpace> part = division.writable(s, within);
                if (part.isPresent()) {
                    assertThat(division.writesAll(s, part.get())).isTrue();
                    assertThat(division.writesAny(s, within))
                            .isEqualTo(!part.get().isEmpty());
                    if (part.get().cubes().size() < 50) {
                        assertThat(division.writesAll(s, within))
                                .isEqualTo(part.get().contains(within));
                    }
                }
            }
        }
    }

    @Property(tries = 1000)
    void aSpaceAsMatchesHoldsTheSamePackets(@ForAll long seed) {
        Random random = new Random(seed);
        Map<String, String> rule = HeaderOracle.match(random);
        rule.remove("datapath");
        HeaderSpace space = HeaderMatch.parse("match", rule).space();
        Optional<List<List<HeaderTerm>>> terms = space.terms(f -> random.nextBoolean(), PORTS, 2000);
        if (terms.isEmpty()) {
            return;
        }
        for (int i = 0; i < PACKETS; i++) {
            Map<String, String> packet = HeaderOracle.packet(random);
            HeaderSpace point = space(packet);
            boolean matched = false;
            for (List<HeaderTerm> match : terms.get()) {
                matched |= HeaderSpace.matching(match).orElseThrow().contains(point);
            }
            assertThat(matched).as("%s of %s", packet, rule).isEqualTo(HeaderOracle.matches(rule, packet));
        }
    }
}
