package io.lamella.cli;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.StringLength;

class FlowSpaceFileFuzz {
    private static void readOrRefuse(String text) {
        try {
            FlowSpaceFile.read("f", text);
        } catch (Failure e) {
            // the declared exception
        }
    }

    @Property(tries = 1000)
    void anyTextIsReadOrRefused(@ForAll @StringLength(max = 80) String text) {
        readOrRefuse(text);
    }

    @Property(tries = 1000)
    void anyMatchIsReadOrRefused(@ForAll("matches") String match) {
        readOrRefuse("slices:\n- name: a\n  rules:\n  - permission: read\n    match: {" + match + "}\n");
    }

    @Property(tries = 2000)
    void almostAFlowSpaceIsReadOrRefused(@ForAll("almost") String text) {
        readOrRefuse(text);
    }

    @Example
    void bombsAreRefused() {
        readOrRefuse("[".repeat(50_000));
        readOrRefuse("slices: &a [*a]");
        readOrRefuse("slices:\n  - &s {name: a, rules: [*s]}\n");
        readOrRefuse("slices:\n- name: a\n  rules:\n  - permission: read\n    match: &m {tcp_dst: *m}\n");
    }

    @Provide
    Arbitrary<String> matches() {
        Arbitrary<String> fields =
                Arbitraries.of("datapath", "in_port", "vlan_vid", "eth_src", "ipv4_dst", "ipv6_src", "tcp_dst", "x");
        Arbitrary<String> values = Arbitraries.of(
                        "1", "0x", "-", "/", "8", ":", ".", "::", "10.0.0.0", "any", "\"", "[", "~", " ", "99999999999")
                .list()
                .ofMaxSize(5)
                .map(l -> String.join("", l));
        return fields.flatMap(f -> values.map(v -> f + ": " + v))
                .list()
                .ofMaxSize(3)
                .map(l -> String.join(", ", l));
    }

    @Provide
    Arbitrary<String> almost() {
        return Arbitraries.of(
                        "slices:",
                        "datapaths:",
                        "\n",
                        "  - ",
                        "name: a",
                        "id: 1",
                        "    ",
                        "rules:",
                        "controllers: ",
                        "priority: ",
                        "permission: read",
                        "match: ",
                        "1",
                        "1e999",
                        "{",
                        "}",
                        "[",
                        "]",
                        "&x ",
                        "*x",
                        "!!int ",
                        "|",
                        "\"",
                        "? ",
                        ": ",
                        "---",
                        "null",
                        "<<: ")
                .list()
                .ofMaxSize(25)
                .map(l -> "slices:\n" + String.join("", l));
    }
}
