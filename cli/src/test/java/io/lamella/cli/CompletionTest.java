package io.lamella.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompletionTest {
    @TempDir
    Path directory;

    /** Lets bash itself complete a command line whose last word is begun. */
    private List<String> complete(String... words) throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "no bash on this machine");
        Path script = directory.resolve("lamella.bash");
        Files.writeString(script, Run.of(Map.of(), "", "completion", "bash").out());
        String line = "lamella() { printf '%s\\n' \"a-$2\" web; }; source " + script + "; COMP_WORDS=(lamella "
                + String.join(" ", Arrays.stream(words).map(w -> "'" + w + "'").toList())
                + "); COMP_CWORD=" + words.length + "; _lamella; printf '%s\\n' \"${COMPREPLY[@]}\"";
        Process bash = new ProcessBuilder("/bin/bash", "-u", "-c", line)
                .redirectErrorStream(true)
                .start();
        String text = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(bash.waitFor()).as(text).isZero();
        return text.lines().filter(l -> !l.isEmpty()).toList();
    }

    @Test
    void bashCompletesCommandsOptionsNamesAndValues() throws Exception {
        assertThat(complete("re")).containsExactly("restart", "reset");
        assertThat(complete("slice", "")).containsExactly("create", "list", "show", "set", "delete");
        assertThat(complete("show", "")).containsExactly("a-instance", "web");
        assertThat(complete("list", "--slice", "")).contains("a-slice");
        assertThat(complete("list", "--format", "")).containsExactly("table", "json", "yaml");
        assertThat(complete("launch", "--mem")).containsExactly("--memory");
        assertThat(complete("slice", "list", "--so")).containsExactly("--socket");
        assertThat(complete("flowspace", "")).containsExactly("check", "serve");
        assertThat(complete("flowspace", "check", "--fi")).containsExactly("--file");
        assertThat(complete("image", "build", "deb")).containsExactly("debian13");
    }

    @Test
    void everyCommandIsInEveryScriptAndInTheManual() {
        String fish = Run.of(Map.of(), "", "completion", "fish").out();
        String zsh = Run.of(Map.of(), "", "completion", "zsh").out();
        String man = Run.of(Map.of(), "", "man").out();
        for (Command c : Commands.tree().visibleCommands()) {
            assertThat(fish).contains("-a " + c.name());
            assertThat(zsh).contains("'" + c.path() + "'");
            assertThat(man).contains(".SS " + c.path());
        }
        assertThat(zsh).startsWith("#compdef lamella\n");
        assertThat(man).startsWith(".TH LAMELLA 1").doesNotContain("rehearse");
    }

    @Test
    void anUnknownShellIsRefused() {
        assertThat(Run.of(Map.of(), "", "completion", "tcsh").code()).isEqualTo(2);
    }
}
