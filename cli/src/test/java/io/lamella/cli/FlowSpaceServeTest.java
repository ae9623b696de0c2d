package io.lamella.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What {@code lamella flowspace serve} does not begin with. What it serves is tested in its own room. */
class FlowSpaceServeTest {
    private static final String SLICES = """
            slices:
              - name: a
                controllers: ["tcp:127.0.0.1:6701"]
                rules: [{name: all, permission: read-write, match: {}}]
            """;

    private static Run serve(String file) {
        return Run.of(Map.of(), file, "flowspace", "serve", "--config", "-");
    }

    private static void refused(String file, int code, String sentence) {
        Run run = serve(file);
        assertThat(run.err()).contains(sentence);
        assertThat(run.code()).isEqualTo(code);
        assertThat(run.out()).isEmpty();
    }

    @Test
    void wrongFilesAreRefusedWithOneSentence() {
        refused(SLICES, 2, "listen is missing");
        refused("listen: [udp:1.2.3.4:5]\n" + SLICES, 2, "listen \"udp:1.2.3.4:5\" is not allowed");
        refused("listen: [tls:127.0.0.1:6653]\n" + SLICES, 2, "encrypted connections are not served yet");
        refused(SLICES.replace("6701", "0"), 2, "controllers \"tcp:127.0.0.1:0\" is not allowed");
        refused(
                "listen: [tcp:127.0.0.1:6653]\n" + SLICES + "    flowLimit: 0\n",
                2,
                "flowLimit \"0\" is not allowed: it must be from 1 to 1000000");
        refused(
                "listen: [tcp:127.0.0.1:6653]\n" + SLICES + "    whenAway: sometimes\n",
                2,
                "whenAway \"sometimes\" is not allowed: it must be ignore or drop");
        assertThat(Run.of(Map.of(), "", "flowspace", "serve").err()).contains("-c flowspace.yaml");
    }

    @Test
    void slicesThatDecideAboutOnePacketAreRefusedWithThePacket() {
        refused(
                "listen: [tcp:127.0.0.1:6653]\n" + SLICES
                        + "  - {name: b, rules: [{permission: write, match: {vlan_vid: 7}}]}\n",
                2,
                "a/all and b/rules[0] both decide about the packet {vlan_vid=7}");
    }

    @Test
    void aPortThatIsTakenIsSaid() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            refused("listen: [tcp:127.0.0.1:" + taken.getLocalPort() + "]\n" + SLICES, 1, "cannot listen at 127.0.0.1");
        }
    }
}
