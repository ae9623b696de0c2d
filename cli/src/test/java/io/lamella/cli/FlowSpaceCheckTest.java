package io.lamella.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** {@code lamella flowspace check}, without any daemon. */
class FlowSpaceCheckTest {
    private static final String SHARED = """
            datapaths:
              - {name: edge-1, id: 0x1}
            slices:
              - name: a
                controllers: ["tcp:10.1.0.10:6653"]
                rules:
                  - {name: video, priority: 5, permission: read-write, match: {vlan_vid: 100-199}}
              - name: b
                rules:
                  - {priority: 5, permission: read, match: {datapath: edge-1, tcp_dst: 80}}
                  - {priority: 4, permission: write, match: {vlan_vid: 101, tcp_dst: 22}}
                  - {permission: write, match: {udp_dst: 53, ip_proto: tcp}}
            """;

    private static Run check(String file, String... options) {
        String[] words = new String[options.length + 4];
        words[0] = "flowspace";
        words[1] = "check";
        words[2] = "-f";
        words[3] = "-";
        System.arraycopy(options, 0, words, 4, options.length);
        return Run.of(Map.of(), file, words);
    }

    @Test
    void aConflictIsShownWithItsPacketAndTheVerdict() {
        Run run = check(SHARED);
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).isEqualTo("""
                write/read  a/video decides about a packet that b/rules[0] sees

                  FIELD       PACKET                   a/video     b/rules[0]
                  datapath    00:00:00:00:00:00:00:01  -           edge-1
                  eth_type    ipv4                     -           -
                  vlan_vid    100                      100-199     -
                  ip_proto    tcp                      -           -
                  tcp_dst     80                       -           80
                  (others)    anything                 -           -
                  priority                             5           5
                  permission                           read-write  read

                warning  b/rules[1] gets no packet: of higher priority are a/video
                warning  b/rules[2] can never match: udp_dst needs ip_proto udp, but it is tcp

                not isolated: slices can affect each other's packets (1 write/read)
                """);
    }

    @Test
    void everyFormatShowsTheSameData() {
        Map<?, ?> json = Json.object(check(SHARED, "--format", "json").out());
        assertThat(json.get("verdict")).isEqualTo("affected");
        assertThat(Json.items(json, "conflicts")).hasSize(1);
        assertThat(Json.items(json, "warnings")).hasSize(2);
        assertThat(check(SHARED, "--format", "yaml").out())
                .startsWith("verdict: affected\n")
                .contains("kind: write/read\n", "    packet:\n      datapath: 00:00:00:00:00:00:00:01\n");
        assertThat(check(SHARED, "--format", "json").code()).isEqualTo(1);
    }

    @Test
    void readersMerelyObserveAndDisjointSlicesAreIsolated() {
        String observed = SHARED.replace("read-write", "read");
        assertThat(check(observed).out())
                .contains("read/read  a/video and b/rules[0] both see one packet\n")
                .endsWith("not isolated: slices can observe the same packets, but not affect them (1 read/read)\n");
        assertThat(check(observed).code()).isEqualTo(1);
        Run isolated = check(SHARED.replace("priority: 5, permission: read,", "priority: 4, permission: read,"));
        assertThat(isolated.out()).endsWith("isolated: no packet belongs to two slices (2 slices, 4 rules)\n");
        assertThat(isolated.code()).isZero();
    }

    @Test
    void aLimitIsToldWithTheWayToTheRest() {
        String two = SHARED.replace("priority: 4", "priority: 5").replace("permission: write", "permission: read");
        assertThat(check(two, "--limit", "1").out()).contains("(1 write/read; there are more, --limit prints them)");
        assertThat(check(two).out()).contains("(2 write/read)");
        assertThat(check(two, "--limit", "0").code()).isEqualTo(2);
    }

    @Test
    void mistakesAreOneSentenceWithFieldAndLine() {
        refused("colour: red\n", "line 1: the key \"colour\" is unknown");
        refused(
                SHARED.replace("tcp_dst: 80", "tcp_port: 80"),
                "line 10: slices[1].rules[0]: the field \"tcp_port\" is unknown in match: allowed are datapath, ");
        refused(
                SHARED.replace("vlan_vid: 101", "vlan_vid: 4097"),
                "line 11: slices[1].rules[1]: match.vlan_vid \"4097\" is not allowed: it must be a VLAN id");
        refused(SHARED.replace("permission: read-write", "permission: own"), "line 7: slices[0].rules[0]: permission");
        refused(SHARED.replace("permission: read-write, ", ""), "line 7: slices[0].rules[0]: permission is missing");
        refused(SHARED.replace("match: {vlan_vid: 100-199}", "match:"), "slices[0].rules[0]: match is missing");
        refused(SHARED.replace("datapath: edge-1", "datapath: egde-1"), "slices[1].rules[0].match.datapath \"egde-1\"");
        refused(SHARED.replace("tcp:10.1.0.10:6653", "10.1.0.10"), "line 4: slices[0]: controllers \"10.1.0.10\"");
        refused(SHARED.replace("tcp_dst: 80", "tcp_dst: [80]"), "line 10: slices[1].rules[0].match.tcp_dst must be");
        refused(SHARED.replace("name: b", "name: a"), "two slices of the name \"a\"");
        Run missing = Run.of(Map.of(), "", "flowspace", "check", "-f", "/nonexistent.yaml");
        assertThat(missing.err()).contains("/nonexistent.yaml").contains("no such file");
        assertThat(missing.code()).isEqualTo(2);
        assertThat(Run.of(Map.of(), "", "flowspace", "check").code()).isEqualTo(2);
    }

    private static void refused(String file, String sentence) {
        Run run = check(file);
        assertThat(run.err())
                .startsWith("lamella: standard input")
                .contains(sentence)
                .hasLineCount(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.code()).isEqualTo(2);
    }

    /** The README's file, and what the README says that it prints. */
    @Test
    void theReadmesExampleRunsAsItIsWritten() throws IOException {
        String readme = Files.readString(Path.of("../README.md"));
        String section = readme.substring(readme.indexOf("## Flow space"), readme.indexOf("## How fast"));
        Run run = check(block(section, "```yaml\\n(.*?)```"));
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).isEqualTo(block(section, "```text\\n(.*?)```"));
        assertThat(run.code()).isEqualTo(1);
        assertThat(section).contains("lamella flowspace check -f flowspace.yaml");
    }

    private static String block(String section, String pattern) {
        Matcher m = Pattern.compile(pattern, Pattern.DOTALL).matcher(section);
        assertThat(m.find()).isTrue();
        return m.group(1);
    }
}
