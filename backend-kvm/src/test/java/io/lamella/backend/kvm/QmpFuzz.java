package io.lamella.backend.kvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What QEMU says, and the disks that machines write: nothing but the declared failures comes of any of it. */
class QmpFuzz {
    @Example
    void messagesAreToldApart() {
        assertThat(QmpMessage.parse("{\"QMP\":{\"version\":{},\"capabilities\":[]}}"))
                .isEqualTo(new QmpMessage.Greeting());
        assertThat(QmpMessage.parse("{\"return\":{},\"id\":7}")).isEqualTo(new QmpMessage.Result(7, Map.of()));
        assertThat(QmpMessage.parse("{\"id\":8,\"error\":{\"class\":\"GenericError\",\"desc\":\"no\"}}"))
                .isEqualTo(new QmpMessage.Failure(8, "no"));
        assertThat(QmpMessage.parse("{\"event\":\"STOP\",\"timestamp\":{}}"))
                .isEqualTo(new QmpMessage.Event("STOP", Map.of()));
        assertThatThrownBy(() -> QmpMessage.parse("{\"return\":" + "[".repeat(100) + "]".repeat(100) + "}"))
                .isInstanceOf(QmpException.class);
    }

    @Property
    void anyLineIsAMessageOrRefused(@ForAll("lines") String line) {
        try {
            assertThat(QmpMessage.parse(line)).isNotNull();
        } catch (QmpException e) {
            assertThat(e).hasMessageStartingWith("QEMU sent");
        }
    }

    @Provide
    Arbitrary<String> lines() {
        return Arbitraries.of(List.of(
                        "{",
                        "}",
                        "[",
                        "]",
                        "\"",
                        "\\",
                        ":",
                        ",",
                        "\"QMP\"",
                        "\"return\"",
                        "\"error\"",
                        "\"event\"",
                        "\"id\"",
                        "\"desc\"",
                        "1",
                        "-1e999",
                        "null",
                        "true",
                        "{\"return\":{},\"id\":1}",
                        "x"))
                .list()
                .ofMaxSize(14)
                .map(list -> String.join("", list));
    }
}
