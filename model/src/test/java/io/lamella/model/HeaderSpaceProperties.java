package io.lamella.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** The laws of sets over random spaces and random packets; {@link HeaderOracle} decides what is in a space. */
class HeaderSpaceProperties {
    private static final int PACKETS = 60;

    private record Sample(HeaderSpace space, List<Map<String, String>> matches) {
        boolean holds(Map<String, String> packet) {
            return matches.stream().anyMatch(m -> HeaderOracle.matches(m, packet));
        }
    }

    private static Sample sample(Random random) {
        HeaderSpace space = HeaderSpace.NONE;
        List<Map<String, String>> matches = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            Map<String, String> match = HeaderOracle.match(random);
            matches.add(match);
            space = space.union(HeaderMatch.parse("match", match).space());
        }
        return new Sample(space, matches);
    }

    private static boolean in(HeaderSpace space, Map<String, String> packet) {
        return space.contains(HeaderPacket.parse(packet));
    }

    @Property
    void everyOperationHoldsWhatTheOracleSays(@ForAll long seed) {
        Random random = new Random(seed);
        Sample a = sample(random);
        Sample b = sample(random);
        HeaderSpace both = a.space.intersect(b.space);
        HeaderSpace either = a.space.union(b.space);
        HeaderSpace rest = a.space.minus(b.space);
        for (int i = 0; i < PACKETS; i++) {
            Map<String, String> p = HeaderOracle.packet(random);
            boolean inA = a.holds(p);
            boolean inB = b.holds(p);
            assertThat(in(a.space, p)).as("%s of %s", p, a.matches).isEqualTo(inA);
            assertThat(in(both, p)).as("%s of %s and %s", p, a, b).isEqualTo(inA && inB);
            assertThat(in(either, p)).as("%s of %s or %s", p, a, b).isEqualTo(inA || inB);
            assertThat(in(rest, p)).as("%s of %s without %s", p, a, b).isEqualTo(inA && !inB);
        }
    }

    @Property(tries = 60)
    void theLawsOfSetsHold(@ForAll long seed) {
        Random random = new Random(seed);
        HeaderSpace a = sample(random).space;
        HeaderSpace b = sample(random).space;
        HeaderSpace c = sample(random).space;
        same(a.intersect(b), b.intersect(a));
        same(a.union(b), b.union(a));
        same(a.intersect(b.union(c)), a.intersect(b).union(a.intersect(c)));
        same(a.minus(b.union(c)), a.minus(b).minus(c));
        same(a.minus(b.intersect(c)), a.minus(b).union(a.minus(c)));
        same(a.minus(b).union(a.intersect(b)), a);
        HeaderSpace outside = HeaderSpace.ALL.minus(a);
        assertThat(outside.intersect(a).isEmpty()).isTrue();
        assertThat(outside.union(a).contains(HeaderSpace.ALL)).isTrue();
        assertThat(a.minus(b).intersect(b).isEmpty()).isTrue();
        assertThat(a.minus(a).isEmpty()).isTrue();
        assertThat(b.contains(a)).isEqualTo(a.minus(b).isEmpty());
        assertThat(a.union(b).contains(a)).isTrue();
        assertThat(a.contains(a.intersect(b))).isTrue();
        assertThat(HeaderSpace.ALL.contains(a)).isTrue();
    }

    private static void same(HeaderSpace one, HeaderSpace two) {
        assertThat(one.contains(two) && two.contains(one)).isTrue();
    }

    @Property(tries = 200)
    void aWitnessIsAPossiblePacketOfTheSpaceWhateverElseItHolds(@ForAll long seed) {
        Random random = new Random(seed);
        Sample a = sample(random);
        Sample b = sample(random);
        HeaderSpace rest = a.space.minus(b.space);
        assertThat(rest.witness().isEmpty()).isEqualTo(rest.isEmpty());
        rest.witness().ifPresent(w -> {
            for (int i = 0; i < 5; i++) {
                Map<String, String> p = HeaderOracle.complete(w.values(), random);
                assertThat(p).as("no packet can be %s", w).isNotEmpty();
                assertThat(a.holds(p)).as("%s of %s", p, a.matches).isTrue();
                assertThat(b.holds(p)).as("%s of %s", p, b.matches).isFalse();
            }
        });
    }

    @Property
    void whatIsWrittenIsReadBack(@ForAll long seed) {
        for (HeaderCube cube : sample(new Random(seed)).space.cubes()) {
            Map<String, String> match = new LinkedHashMap<>();
            for (HeaderField f : cube.limited()) {
                match.put(f.word(), HeaderText.text(f, cube.set(f)));
            }
            HeaderMatch read = HeaderMatch.parse("match", match);
            assertThat(read.space().cubes()).as("%s", match).hasSize(1);
            assertThat(read.space().cubes().getFirst().contains(cube)).isTrue();
            assertThat(cube.contains(read.space().cubes().getFirst())).isTrue();
        }
    }

    @Property
    void anyTextOfAFieldIsReadOrRefused(@ForAll HeaderField field, @ForAll String text) {
        try {
            HeaderMatch.parse("match", Map.of(field.word(), text));
        } catch (Refusal e) {
            assertThat(e.field()).isEqualTo("match." + field.word());
        }
    }
}
