package io.lamella.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class DetachTest {
    private final Detach detach = new Detach();

    private String type(String keys) {
        byte[] buffer = Arrays.copyOf(keys.getBytes(StandardCharsets.ISO_8859_1), 64);
        int n = detach.apply(buffer, keys.length());
        return n < 0 ? "detached" : new String(buffer, 0, n, StandardCharsets.ISO_8859_1);
    }

    @Test
    void ctrlAqDetachesAlsoWhenTypedSlowly() {
        assertThat(type("ab\1qc")).isEqualTo("detached");
        assertThat(new Detach().apply(new byte[] {'q', 0}, 1)).isEqualTo(1);
    }

    @Test
    void theKeysMayComeApart() {
        assertThat(type("a\1")).isEqualTo("a");
        assertThat(type("q")).isEqualTo("detached");
    }

    @Test
    void otherKeysPass() {
        assertThat(type("qa\1")).isEqualTo("qa");
        assertThat(type("x")).isEqualTo("\1x");
        assertThat(type("\1\1q")).isEqualTo("\1q");
    }
}
