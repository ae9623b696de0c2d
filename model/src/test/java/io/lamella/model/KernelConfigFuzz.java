package io.lamella.model;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.StringLength;

class KernelConfigFuzz {
    private static void readOrRefuse(String text) {
        KernelConfig config;
        try {
            config = KernelConfig.parse("f", text);
        } catch (Refusal e) {
            assertThat(e.getMessage()).hasSizeLessThan(300);
            return;
        }
        assertThat(config.size()).isPositive();
    }

    @Property(tries = 1000)
    void anyTextIsReadOrRefused(@ForAll @StringLength(max = 80) String text) {
        readOrRefuse(text);
    }

    @Property(tries = 2000)
    void almostAConfigurationIsReadOrRefused(@ForAll("almost") String text) {
        readOrRefuse(text);
    }

    @Example
    void longOnesAreReadOrRefused() {
        readOrRefuse("=".repeat(1_000_000));
        readOrRefuse("CONFIG_" + "A".repeat(1_000_000) + "=y");
        readOrRefuse("CONFIG_A=y\n".repeat(200_000));
    }

    @Provide
    Arbitrary<String> almost() {
        return Arbitraries.of(
                        "CONFIG_",
                        "A",
                        "B_1",
                        "=",
                        "y",
                        "m",
                        "n",
                        "\"",
                        "\n",
                        "\r",
                        "# ",
                        "#",
                        " is not set",
                        " ",
                        "0x",
                        "\u0000",
                        "\u2028",
                        "\t")
                .list()
                .ofMaxSize(30)
                .map(l -> "CONFIG_X=y\n" + String.join("", l));
    }
}
