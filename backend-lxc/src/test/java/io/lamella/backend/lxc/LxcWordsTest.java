package io.lamella.backend.lxc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Texts that LXC 5 wrote. */
class LxcWordsTest {
    @Test
    void theFirstErrorIsTheReason() {
        assertThat(LxcLog.reason("""
                        lxc-start s.a 20261123040209.694 ERROR    cgfsng - ../src/lxc/cgroups/cgfsng.c:cgfsng_monitor_create:1388 - Numerical result out of range - Failed to create monitor cgroup
                        lxc-start s.a 20261123040209.694 ERROR    start - ../src/lxc/start.c:__lxc_start:2042 - Failed to create monitor cgroup
                        """)).contains("Failed to create monitor cgroup: Numerical result out of range");
        assertThat(LxcLog.reason(
                        "lxc-start s.a 20261123040209.694 ERROR    start - ../src/lxc/start.c:x:2 - It failed\n"))
                .contains("It failed");
        assertThat(LxcLog.reason("lxc-start s.a 20261123040209.694 WARN     start - ../src/lxc/start.c:x:2 - Well\n"))
                .isEmpty();
    }

    @Test
    void whatLxcSaysAboutACommandIsMadeReadable() throws IOException {
        String spoken = "lxc-attach: a.one: ../src/lxc/attach.c: lxc_attach_run_command: 1841 No such file or directory"
                + " - Failed to exec \"x\"\n";
        assertThat(readable(spoken)).isEqualTo("Failed to exec \"x\": No such file or directory\r\n");
        assertThat(readable("")).isEmpty();
        assertThat(readable("lxc-att")).isEqualTo("lxc-att");
        assertThat(readable("lxc-attach: is what I wanted to talk about\n" + spoken.repeat(1000)))
                .startsWith("lxc-attach: is what")
                .hasSize(43 + 1000 * spoken.length());
    }

    private static String readable(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return new String(
                new ReadableErrors(new ByteArrayInputStream(bytes), "\r\n").readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void anInstancesLastWordsSteerNoTerminal(@TempDir Path directory) throws IOException {
        Path console = Files.writeString(
                directory.resolve("console"), "booting\n\u001b]0;owned\u0007\u009b2J" + "x".repeat(3000) + "\n\n");
        assertThat(new ConsoleLog(console, console).lastWords())
                .startsWith("; its last words were \"?]0;owned??2Jxxx")
                .hasSizeLessThan(300)
                .matches("\\P{Cc}*");
    }

    @Test
    void aMonitorIsKnownByItsTitle() {
        assertThat(Monitors.containerOf("[lxc monitor] /var/lib/lamella/lxc a.one\0\0", "/var/lib/lamella/lxc"))
                .contains("a.one");
        assertThat(Monitors.containerOf("[lxc monitor] /var/lib/lxc a.one\0", "/var/lib/lamella/lxc"))
                .isEmpty();
        assertThat(Monitors.containerOf("/usr/bin/lxc-start\0-P\0/v\0-n\0a.one\0-d\0", "/v"))
                .contains("a.one");
        assertThat(Monitors.containerOf("/usr/bin/lxc-start\0-n\0a.one\0-P", "/v"))
                .isEmpty();
        assertThat(Monitors.containerOf("", "/v")).isEmpty();
    }
}
