package io.lamella.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.StringLength;

class JsonFuzz {
    @Property(tries = 2000)
    void anyTextIsReadOrRefused(@ForAll @StringLength(max = 60) String text) {
        try {
            Json.parse(text);
        } catch (IllegalArgumentException e) {
            // the declared exception
        }
    }

    @Property(tries = 2000)
    void almostJsonIsReadOrRefused(@ForAll("almost") String text) {
        try {
            Json.parse(text);
        } catch (IllegalArgumentException e) {
            // the declared exception
        }
    }

    @Property(tries = 500)
    void whatIsWrittenIsReadBack(@ForAll Map<String, String> strings, @ForAll long number, @ForAll boolean truth) {
        Map<String, Object> value = new LinkedHashMap<>(strings);
        value.put("number", number);
        value.put("truth", truth);
        value.put("inner", List.of(strings));
        assertThat(Json.line(Json.parse(Json.pretty(value)))).isEqualTo(Json.line(value));
    }

    @Provide
    Arbitrary<String> almost() {
        return Arbitraries.of(
                        "{", "}", "[", "]", ",", ":", "\"", "\\u00", "\\", "1", "-", ".5", "e9", "true", "null", " ",
                        "a")
                .list()
                .ofMaxSize(30)
                .map(l -> String.join("", l));
    }
}
