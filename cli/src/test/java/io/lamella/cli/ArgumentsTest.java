package io.lamella.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ArgumentsTest {
    private static Arguments parse(String... words) {
        return Arguments.parse(Commands.tree(), Commands.GLOBAL, words);
    }

    @Test
    void optionsStandInAnyOrderAndForm() {
        Arguments a = parse("launch", "-s", "a", "busybox", "--cpus=2", "web", "-m64M", "--network", "x", "-n", "y");
        assertThat(a.command().path()).isEqualTo("lamella launch");
        assertThat(a.operands()).containsExactly("busybox", "web");
        assertThat(a.option("slice")).contains("a");
        assertThat(a.option("cpus")).contains("2");
        assertThat(a.option("memory")).contains("64M");
        assertThat(a.options("network")).containsExactly("x", "y");
    }

    @Test
    void globalOptionsMayComeBeforeTheCommand() {
        assertThat(parse("--socket", "/x", "slice", "list").option("socket")).contains("/x");
        assertThat(parse("--socket=/x", "slice", "list").option("socket")).contains("/x");
        assertThat(parse("-h").flag("help")).isTrue();
        assertThat(parse("slice", "--help").command().path()).isEqualTo("lamella slice");
    }

    @Test
    void aCommandForAnInstanceIsTakenVerbatim() {
        assertThat(parse("exec", "web", "--", "ls", "-l", "--slice").operands())
                .containsExactly("web", "ls", "-l", "--slice");
        Arguments a = parse("exec", "-T", "web", "ls", "-l");
        assertThat(a.operands()).containsExactly("web", "ls", "-l");
        assertThat(a.flag("no-terminal")).isTrue();
        assertThat(parse("exec", "web", "-T", "--", "--", "x").operands()).containsExactly("web", "--", "x");
    }

    @Test
    void switchesMayBeJoined() {
        Arguments a = parse("exec", "-tT", "web", "x");
        assertThat(a.flag("terminal") && a.flag("no-terminal")).isTrue();
    }

    @Test
    void mistakesAreNamedWithWhatWasProbablyMeant() {
        refused("there is no command \"lamella lsit\", perhaps you mean \"list\"", "lsit");
        refused("there is no command \"lamella slice crate\", perhaps you mean \"create\"", "slice", "crate");
        refused("has no option --sliec, perhaps you mean \"--slice\"", "list", "--sliec", "a");
        refused("has no option -z", "list", "-z");
        refused("option --slice needs a value", "list", "--slice");
        refused("option --force takes no value", "delete", "x", "--force=yes");
        refused("option --slice is given twice", "list", "-s", "a", "-s", "b");
        refused("\"b\" is one word too many", "show", "a", "b");
        refused("NAME is missing: lamella launch [OPTIONS] IMAGE NAME", "launch", "busybox");
        refused("must be one of table, json, yaml", "list", "--format", "xml");
    }

    private static void refused(String sentence, String... words) {
        assertThatThrownBy(() -> parse(words))
                .isInstanceOfSatisfying(
                        Failure.class, f -> assertThat(f.exitCode()).isEqualTo(2))
                .hasMessageContaining(sentence);
    }

    @Test
    void distanceCountsSwapsOnce() {
        assertThat(Suggestion.distance("lsit", "list")).isEqualTo(1);
        assertThat(Suggestion.distance("", "abc")).isEqualTo(3);
        assertThat(Suggestion.distance("same", "same")).isZero();
    }
}
