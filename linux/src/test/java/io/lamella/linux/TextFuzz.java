package io.lamella.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The parsers of the system's small text files, given text made of their own words and of others. */
class TextFuzz {
    private static final String TRIE = """
            Main:
              +-- 0.0.0.0/0 3 0 5
                 |-- 0.0.0.0
                    /0 universe UNICAST
                 +-- 10.0.0.0/24 2 0 1
                    |-- 10.0.0.0
                       /24 link UNICAST
                    |-- 10.0.0.5
                       /32 host LOCAL
                    |-- 10.0.0.255
                       /32 link BROADCAST
            Local:
                    |-- 10.0.0.5
                       /32 host LOCAL
                    |-- 127.0.0.1
                       /32 host LOCAL
            """;

    @Example
    void aTrieHasItsConfiguredAddressesOnce() {
        assertThat(FibTrie.parse(TRIE.lines())).containsExactly("10.0.0.5");
    }

    @Property
    void anyTrieIsRead(@ForAll("words") String text) {
        assertThat(FibTrie.parse(text.lines())).doesNotHaveDuplicates().noneMatch(a -> a.startsWith("127."));
    }

    @Property
    void anyListOfIdsIsRead(@ForAll("words") String text) {
        for (SubordinateIds.Range range : SubordinateIds.parse(text.lines().toList())) {
            assertThat(range.user()).isNotEmpty();
            assertThat(range.first()).isNotNegative();
            assertThat(range.count()).isNotNegative();
        }
    }

    @Property
    void anyUserFileIsRead(@ForAll("words") String text) {
        Users.find(text, "root")
                .flatMap(fields -> Users.number(fields, 2))
                .ifPresent(id -> assertThat(id).isBetween(0L, 0xffff_ffffL));
    }

    @Provide
    Arbitrary<String> words() {
        Arbitrary<String> known = Arbitraries.of(List.of(
                "root",
                ":",
                "0",
                "65536",
                "99999999999",
                "|-- ",
                "10.0.0.1",
                "127.0.0.1",
                "/32 host LOCAL",
                "\n",
                " "));
        return Arbitraries.oneOf(known, known, known, Arbitraries.strings().ofMaxLength(3))
                .list()
                .ofMaxSize(40)
                .map(parts -> String.join("", parts));
    }
}
