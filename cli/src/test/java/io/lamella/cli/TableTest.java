package io.lamella.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TableTest {
    @Test
    void columnsAreAlignedAndLinesEndWithoutSpaces() {
        assertThat(Table.of("NAME", "STATE").row("web", "running").row("a", "").text())
                .isEqualTo("NAME  STATE\nweb   running\na\n");
    }

    @Test
    void wideAndCombiningCharactersKeepTheColumns() {
        assertThat(Table.plain()
                        .row("日本", "x")
                        .row("abcd", "y")
                        .row("e\u0301", "z")
                        .text())
                .isEqualTo("日本  x\nabcd  y\ne\u0301     z\n");
    }

    @Test
    void noNameSteersTheTerminal() {
        assertThat(Table.plain().row("a\u001b[2Jb\nc\u009bd").text()).isEqualTo("a?[2Jb?c?d\n");
    }
}
