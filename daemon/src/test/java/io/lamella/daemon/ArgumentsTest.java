package io.lamella.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lamella.model.Refusal;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArgumentsTest {
    @Test
    void nothingMeansTheDefaults() {
        assertThat(Arguments.parse()).isEqualTo(new Arguments(Settings.DEFAULT, false, false, false));
    }

    @Test
    void everyOptionHasItsPlace() {
        Arguments arguments = Arguments.parse(
                "--state", "/s", "--run", "/r", "--cache", "/c", "--config", "/f", "--name", "n", "--remove");
        assertThat(arguments.settings())
                .isEqualTo(new Settings(Path.of("/s"), Path.of("/r"), Path.of("/c"), Path.of("/f"), "n"));
        assertThat(arguments.remove()).isTrue();
        assertThat(arguments.keepState()).isFalse();
    }

    @Test
    void relativePathsAreMadeAbsoluteAndPlain() {
        assertThat(Arguments.parse("--state", "a/../b").settings().state())
                .isEqualTo(Path.of("b").toAbsolutePath());
    }

    @Test
    void theLastOfTwoValuesCounts() {
        assertThat(Arguments.parse("--name", "a", "--name", "b").settings().name())
                .isEqualTo("b");
    }

    @Test
    void stateIsKeptOnlyInARemoval() {
        assertThat(Arguments.parse("--keep-state", "--remove").keepState()).isTrue();
        assertThatThrownBy(() -> Arguments.parse("--keep-state"))
                .isInstanceOf(Refusal.class)
                .hasMessage("--keep-state is allowed only with --remove");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--state", "--run", "--cache", "--config", "--name"})
    void anOptionWithoutItsValueIsRefused(String option) {
        assertThatThrownBy(() -> Arguments.parse(option)).hasMessage(option + " needs a value");
        assertThatThrownBy(() -> Arguments.parse(option, " ")).hasMessage(option + " needs a value");
    }

    @ParameterizedTest
    @CsvSource({"--stat", "-x", "state", "''"})
    void anythingElseIsRefusedByName(String word) {
        assertThatThrownBy(() -> Arguments.parse(word))
                .isInstanceOfSatisfying(
                        Refusal.class, e -> assertThat(e.reason()).isEqualTo(Refusal.Reason.INVALID))
                .hasMessageContaining("\"" + word + "\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"A", "1a", "a-b", "abcdefghijklm", "a/b"})
    void aNameThatTheKernelWouldNotTakeIsRefused(String name) {
        assertThatThrownBy(() -> Arguments.parse("--name", name)).hasMessageContaining(name);
    }

    @Test
    void theUsageNamesEveryOption() {
        assertThat(Arguments.USAGE)
                .contains("--state", "--run", "--cache", "--config", "--name", "--remove", "--keep-state");
    }
}
