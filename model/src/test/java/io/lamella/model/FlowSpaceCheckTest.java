package io.lamella.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lamella.model.FlowSpaceReport.Kind;
import io.lamella.model.FlowSpaceReport.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FlowSpaceCheckTest {
    private static FlowSpaceRule rule(int priority, String permission, Map<String, String> match) {
        return new FlowSpaceRule(
                Optional.empty(), Optional.of(priority), FlowSpacePermission.parse("permission", permission), match);
    }

    private static FlowSpaceReport check(List<FlowSpaceRule> a, List<FlowSpaceRule> b) {
        return FlowSpaceCheck.of(
                new FlowSpace(
                        List.of(),
                        List.of(new FlowSpaceDatapath("edge", "0x7")),
                        List.of(FlowSpaceSlice.of("a", List.of(), a), FlowSpaceSlice.of("b", List.of(), b))),
                10);
    }

    @Test
    void aHigherPriorityTakesThePacketFromAllBelow() {
        FlowSpaceRule web = rule(1, "write", Map.of("tcp_dst", "80"));
        assertThat(check(List.of(web), List.of(rule(1, "read", Map.of()))).conflicts())
                .singleElement()
                .satisfies(c -> {
                    assertThat(c.kind()).isEqualTo(Kind.WRITE_READ);
                    assertThat(c.packet()).isEqualTo(Map.of("eth_type", "ipv4", "ip_proto", "tcp", "tcp_dst", "80"));
                });
        assertThat(check(List.of(web), List.of(rule(0, "read", Map.of()))).verdict())
                .isEqualTo(Verdict.ISOLATED);
        FlowSpaceReport shadowed = check(List.of(web), List.of(rule(2, "read", Map.of())));
        assertThat(shadowed.verdict()).isEqualTo(Verdict.ISOLATED);
        assertThat(shadowed.warnings().getFirst().shadowedBy()).containsExactly("b/rules[0]");
    }

    @Test
    void rulesTogetherShadowARule() {
        List<FlowSpaceRule> tags = new ArrayList<>(List.of(rule(5, "read", Map.of("vlan_vid", "none"))));
        for (int i = 0; i < 4096; i += 64) {
            tags.add(rule(5, "read", Map.of("vlan_vid", i + "-" + (i + 63))));
        }
        List<FlowSpaceRule> below = List.of(rule(1, "write", Map.of("ipv4_dst", "10.0.0.0/8")));
        assertThat(check(tags, below).warnings()).hasSize(1);
        assertThat(check(tags.subList(1, tags.size()), below).warnings()).isEmpty();
    }

    @Test
    void aRuleThatNoPacketCanMatchIsToldWithItsReason() {
        FlowSpaceRule never = rule(0, "write", Map.of("tcp_dst", "80", "ip_proto", "udp"));
        FlowSpaceRule nor = rule(0, "write", Map.of("tcp_dst", "80", "arp_op", "1"));
        assertThat(check(List.of(never, nor), List.of()).warnings())
                .extracting(w -> w.contradiction().orElse(""))
                .containsExactly(
                        "tcp_dst needs ip_proto tcp, but it is udp",
                        "tcp_dst needs eth_type ipv4 or ipv6, which the other fields rule out");
    }

    @Test
    void aDatapathIsKnownByNameAndById() {
        FlowSpaceRule named = rule(0, "read", Map.of("datapath", "edge"));
        assertThat(check(List.of(named), List.of(rule(0, "read", Map.of("datapath", "0x7"))))
                        .conflicts())
                .singleElement()
                .satisfies(c -> assertThat(c.packet()).containsEntry("datapath", "00:00:00:00:00:00:00:07"));
        assertThatThrownBy(() -> check(List.of(), List.of(rule(0, "read", Map.of("datapath", "egde")))))
                .hasMessageContaining("slices[1].rules[0].match.datapath \"egde\" is not allowed");
    }

    @Test
    void wrongValuesAreRefusedByName() {
        refused(Map.of("tcp_port", "80"), "the field \"tcp_port\" is unknown in match: allowed are datapath, in_port");
        refused(Map.of("tcp_dst", "65536"), "match.tcp_dst \"65536\" is not allowed");
        refused(Map.of("tcp_dst", "9-1"), "match.tcp_dst \"9-1\" is not allowed: it must be a range from the lower");
        refused(Map.of("vlan_vid", "4096"), "none, any");
        refused(Map.of("in_port", "0"), "1 to 4294967040");
        refused(Map.of("ipv4_src", "10.0.0.1/8"), "here 10.0.0.0/8");
        refused(Map.of("ipv4_src", "10.0.0.0/33"), "match.ipv4_src \"10.0.0.0/33\"");
        refused(Map.of("ipv6_src", "fe80::1%eth0"), "match.ipv6_src");
        refused(Map.of("eth_dst", "02:00:00:00:00:01/48"), "match.eth_dst");
        refused(Map.of("tunnel_id", "0x10/0x10"), "whose ones all come first");
        refused(Map.of("tcp_dst", ""), "match.tcp_dst \"\"");
    }

    private static void refused(Map<String, String> match, String sentence) {
        assertThatThrownBy(() -> rule(0, "read", match))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining(sentence);
    }

    @Test
    void aConfigurationIsWrittenAndReadBack() {
        FlowSpace f = new FlowSpace(
                List.of("tcp:0.0.0.0:6653"),
                List.of(new FlowSpaceDatapath("edge", "7")),
                List.of(new FlowSpaceSlice(
                        "a",
                        List.of("tcp:[::1]:6653"),
                        List.of(rule(3, "write", Map.of("ip_proto", "tcp"))),
                        Optional.of(100),
                        Optional.of(1000),
                        Optional.of(FlowSpaceAbsence.DROP))));
        assertThat(Codec.read(FlowSpace.class, Codec.write(f))).isEqualTo(f);
    }
}
