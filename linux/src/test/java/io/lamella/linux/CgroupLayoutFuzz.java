package io.lamella.linux;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Chars;

class CgroupLayoutFuzz {
    @Provide
    Arbitrary<String> lines() {
        Arbitrary<String> word = Arbitraries.of(
                "cgroup", "cgroup2", "-", "rw", "rw,cpu", "name=", "name=x", "/a", "/", "\\040", "\\", "\n", "", ",",
                "31", "\u0000");
        return word.list().ofMaxSize(60).map(words -> String.join(" ", words));
    }

    @Property
    void anyTextGivesALayout(@ForAll("lines") String text) {
        CgroupLayout layout = CgroupLayout.parse(text);
        assertThat(layout.hierarchies()).allMatch(path -> path.isAbsolute());
        assertThat(layout.mode()).isNotNull();
    }

    @Property
    void anyTextAtAllGivesALayout(@ForAll String text) {
        assertThat(CgroupLayout.parse("1 2 3 /" + text)).isNotNull();
    }

    @Property
    void numbersAreReadOrRefused(@ForAll String text) {
        try {
            assertThat(Cgroups.number(text)).isNotNegative();
        } catch (LinuxException e) {
            assertThat(e).hasMessageContaining("is no number");
        }
    }

    @Property
    void anyStatTextGivesATime(@ForAll String text) {
        try {
            assertThat(CgroupsV2.cpuNanos("usage_usec " + text)).isNotNegative();
        } catch (LinuxException e) {
            assertThat(e).hasMessageContaining("is no number");
        }
    }

    @Property
    void listsOfCpusAreReadOrRefused(@ForAll @Chars({'0', '9', '1', '-', ',', ' ', 'x'}) String text) {
        try {
            assertThat(CgroupsV1.cpuList(text).length()).isLessThanOrEqualTo(10_000);
        } catch (LinuxException e) {
            assertThat(e).hasMessageContaining("is no");
        }
    }
}
