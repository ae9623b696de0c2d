package io.lamella.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {
    @Test
    void everyKindOfValueIsRead() {
        Map<?, ?> map = Json.object(" {\"a\" : [1, -2.50, true, null, \"x\\n\\u0041\\\"\"], \"b\":{}} ");
        assertThat(Json.text(map, "a")).isEqualTo("[1, -2.50, true, null, x\nA\"]");
        assertThat(Json.line(map)).isEqualTo("{\"a\":[1,-2.50,true,null,\"x\\nA\\\"\"],\"b\":{}}");
        assertThat(Json.pretty(List.of(Map.of("k", 1)))).isEqualTo("[\n  {\n    \"k\": 1\n  }\n]");
        assertThat(Json.pretty(List.of())).isEqualTo("[]");
        assertThat(Json.text(map, "b", "nothing", "there")).isEmpty();
    }

    @Test
    void whatIsNoJsonIsRefused() {
        for (String bad : List.of(
                "",
                "{",
                "[1,]",
                "{\"a\"}",
                "{\"a\":1,\"a\":2}",
                "01x",
                "+1",
                "tru",
                "\"\\x\"",
                "\"a\nb\"",
                "1 2",
                "{a:1}",
                "[1 2]",
                "\"",
                "-",
                "1e",
                "\"\\u12g4\"")) {
            assertThatThrownBy(() -> Json.parse(bad)).as(bad).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> Json.parse("[".repeat(100_000))).hasMessageContaining("deeper");
    }
}
