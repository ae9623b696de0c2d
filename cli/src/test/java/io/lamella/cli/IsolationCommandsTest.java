package io.lamella.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The isolate commands against a peer that plays the daemon. */
class IsolationCommandsTest {
    private static final String REPORT = """
            {"profile":"realtime","cpus":"1","housekeeping":"0","steps":[
            {"action":"vmstat","state":"STATE","expected":"1 × 10","found":"all 1","cost":"old counters","parameter":""},
            {"action":"ticks","state":"needs-reboot","expected":"","found":"it ticks","cost":"a reboot",\
            "parameter":"nohz_full=1"}]}""";
    private static final String PARAMETERS = "{\"cpus\":\"1\",\"line\":\"nohz_full=1 rcu_nocbs=1\",\"parameters\":[]}";

    @TempDir
    Path directory;

    private ScriptedPeer peer;

    @BeforeEach
    void start() throws IOException {
        peer = new ScriptedPeer(directory);
    }

    @AfterEach
    void stop() throws IOException {
        peer.close();
    }

    @Test
    void aPlanShowsWhatItCosts() {
        peer.answer(200, REPORT.replace("STATE", "planned"));
        Run run = Run.against(peer, "isolate", "plan", "--profile", "realtime", "--cpus", "1-1");
        assertThat(run.out()).isEqualTo("""
                CPUs 1, profile realtime; housekeeping on 0
                ACTION  STATE         WANTED       NOW       COST
                vmstat  planned       1 × 10       all 1     old counters
                ticks   needs-reboot  nohz_full=1  it ticks  a reboot
                """);
        assertThat(peer.requests.getFirst())
                .startsWith("POST /v1/isolation/plan ")
                .contains("\"profile\":\"realtime\"", "\"cpus\":\"1-1\"");
    }

    @Test
    void driftIsExitCodeOne() {
        peer.answer(200, REPORT.replace("STATE", "verified")).answer(200, REPORT.replace("STATE", "drifted"));
        assertThat(Run.against(peer, "isolate", "verify").code()).isZero();
        Run run = Run.against(peer, "isolate", "verify");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).contains("vmstat  drifted");
    }

    @Test
    void aWatchBeginsWithWhatHasDrifted() {
        String event = "{\"number\":NUMBER,\"time\":\"2026-01-02T03:04:05Z\",\"type\":\"TYPE\",\"slice\":\"\","
                + "\"name\":\"1\",\"message\":\"a sentence\"}";
        peer.answer(200, REPORT.replace("STATE", "drifted").replace("all 1", "has 3"))
                .answer(
                        200,
                        "data: " + event.replace("NUMBER", "1").replace("TYPE", "instance.started") + "\n\ndata: "
                                + event.replace("NUMBER", "2").replace("TYPE", "isolation.repaired") + "\n\n");
        Run run = Run.against(peer, "isolate", "watch");
        assertThat(run.out()).isEqualTo("""
                CPUs 1, profile realtime; housekeeping on 0
                vmstat drifted: has 3
                2026-01-02T03:04:05Z  isolation.repaired  1  a sentence
                """);
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("ended the stream");
    }

    @Test
    void aGateThatIsNotPassedIsExitCodeOne() {
        String measured =
                "{\"machine\":\"m\",\"processor\":\"p\",\"kernel\":\"KERNEL\",\"profile\":\"realtime\",\"cpus\":\"1\","
                        + "\"time\":\"2026-01-02T03:04:05Z\",\"latency\":{\"method\":\"cyclictest\",\"samples\":10000,"
                        + "\"p50\":1,\"p99\":2,\"p999\":3,\"p9999\":4,\"max\":MAX}}";
        String report = "{\"run\":" + measured.replace("KERNEL", "6.12").replace("MAX", "40000") + ",\"baseline\":"
                + measured.replace("KERNEL", "6.1").replace("MAX", "60")
                + ",\"factor\":2.0,\"worse\":[\"max is 40000 µs and was 60 µs\"]}";
        peer.answer(200, report);
        Run run = Run.against(peer, "isolate", "gate", "--seconds", "20", "--factor", "2");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).isEqualTo("""
                CPUs 1, profile realtime; microseconds
                          KERNEL  METHOD      SAMPLES  P50  P99  P99.9  P99.99  MAX
                baseline  6.1     cyclictest  10000    1    2    3      4       60
                now       6.12    cyclictest  10000    1    2    3      4       40000
                worse than 2.0 times the baseline: max is 40000 µs and was 60 µs
                """);
        assertThat(peer.requests.getFirst()).contains("\"seconds\":20", "\"factor\":2");
        assertThat(Run.against(peer, "isolate", "gate", "--seconds", "x").code())
                .isEqualTo(2);
        assertThat(Run.against(peer, "isolate", "gate", "--factor", "0.5").code())
                .isEqualTo(2);
    }

    @Test
    void bootParametersComeAsFragments() {
        peer.answer(200, PARAMETERS).answer(200, PARAMETERS).answer(200, PARAMETERS);
        assertThat(Run.against(peer, "isolate", "boot-params", "--cpus", "1").out())
                .isEqualTo("nohz_full=1 rcu_nocbs=1\n");
        assertThat(Run.against(peer, "isolate", "boot-params", "--cpus", "1", "--grub")
                        .out())
                .endsWith("GRUB_CMDLINE_LINUX_DEFAULT=\"$GRUB_CMDLINE_LINUX_DEFAULT nohz_full=1 rcu_nocbs=1\"\n");
        assertThat(Run.against(peer, "isolate", "boot-params", "--cpus", "1", "--yocto")
                        .out())
                .endsWith("APPEND:append = \" nohz_full=1 rcu_nocbs=1\"\n");
    }

    @Test
    void wrongUseNeverReachesTheDaemon() {
        assertThat(Run.against(peer, "isolate", "apply").err()).contains("either cpus or slice");
        assertThat(Run.against(peer, "isolate", "apply", "--cpus", "x").code()).isEqualTo(2);
        assertThat(Run.against(peer, "isolate", "plan", "--profile", "shared", "--cpus", "1")
                        .code())
                .isEqualTo(2);
        assertThat(Run.against(peer, "isolate", "boot-params", "--cpus", "1", "--grub", "--yocto")
                        .code())
                .isEqualTo(2);
        assertThat(peer.requests).isEmpty();
    }
}
