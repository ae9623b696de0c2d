package io.lamella.cli;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.StringLength;

class NodeFileFuzz {
    private static void readOrRefuse(String text) {
        try {
            NodeFile.read("f", text);
        } catch (Failure e) {
            // the declared exception
        }
    }

    @Property(tries = 1000)
    void anyTextIsReadOrRefused(@ForAll @StringLength(max = 80) String text) {
        readOrRefuse(text);
    }

    @Property(tries = 2000)
    void almostANodeIsReadOrRefused(@ForAll("almost") String text) {
        readOrRefuse(text);
    }

    @Example
    void bombsAreRefused() {
        readOrRefuse("[".repeat(50_000));
        readOrRefuse("slices: &a [*a]");
        StringBuilder laughs = new StringBuilder("a: &a [x,x,x,x,x,x,x,x,x]\n");
        for (char c = 'b'; c < 'k'; c++) {
            laughs.append(c).append(": &").append(c).append(" [");
            laughs.append(("*" + (char) (c - 1) + ",").repeat(9)).append("]\n");
        }
        readOrRefuse("slices: [*x]\n" + laughs);
        readOrRefuse("slices:\n  - &s {name: a, networks: [*s]}\n");
    }

    @Provide
    Arbitrary<String> almost() {
        return Arbitraries.of(
                        "slices:",
                        "\n",
                        "  - ",
                        "name: a",
                        "    ",
                        "instances:",
                        "cpus: ",
                        "1",
                        "1e999",
                        "{",
                        "}",
                        "[",
                        "]",
                        "&x ",
                        "*x",
                        "!!int ",
                        "!!binary ",
                        "|",
                        ">",
                        "\"",
                        "'",
                        "? ",
                        ": ",
                        "---",
                        "...",
                        "#",
                        "null",
                        "~",
                        "autostart: ",
                        "enabled: true",
                        "running: yes",
                        "\t",
                        "<<: ")
                .list()
                .ofMaxSize(25)
                .map(l -> "slices:\n" + String.join("", l));
    }
}
