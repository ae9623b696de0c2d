package io.lamella.backend.xen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lamella.model.CpuSet;
import org.junit.jupiter.api.Test;

/** The texts are what Xen 4.20 printed. */
class XlTextTest {
    private static final String LIST = """
            Name                                        ID   Mem VCPUs	State	Time(s)
            Domain-0                                     0  1536     2     r-----     200.7
            lamella.a.one                                1   128     1     --p---       0.0
            (null)                                       2     0     1     --ps-d       7.3
            lamella.a.two                                3   100     2     ---s--       7.1
            """;

    @Test
    void readsDomains() {
        assertThat(XlText.domains(LIST))
                .containsExactly(
                        new XlText.Domain("Domain-0", 0, 1536, 2, false, false, 200_700_000_000L),
                        new XlText.Domain("lamella.a.one", 1, 128, 1, true, false, 0),
                        new XlText.Domain("lamella.a.two", 3, 100, 2, false, true, 7_100_000_000L));
    }

    @Test
    void readsWhyADomainShutDown() {
        assertThat(XlText.domains("""
                        Name                                        ID   Mem VCPUs	State	Time(s)
                        lamella.a.one                                3   128     1     --psr-       1.3
                        """))
                .containsExactly(new XlText.Domain("lamella.a.one", 3, 128, 1, true, true, 1_300_000_000L));
    }

    @Test
    void tellsLibxlsLostPatienceFromOtherTrouble() {
        assertThat(new XlException("Domain 1:Post DM startup configs failed, rc=-9").timedOut())
                .isTrue();
        assertThat(new XlException("Domain 1:device model did not start: -3").timedOut())
                .isFalse();
    }

    @Test
    void refusesOtherLists() {
        for (String text : new String[] {"", "x\n", LIST + "lamella.a 1 2\n", LIST + "a 1 2 3 rr---- 0.0\n"}) {
            assertThatThrownBy(() -> XlText.domains(text))
                    .isInstanceOf(XlException.class)
                    .hasMessageStartingWith("xl says what Lamella does not understand");
        }
    }

    private static String vcpus(String... affinities) {
        StringBuilder text = new StringBuilder(
                "Name                                ID  VCPU   CPU State   Time(s) Affinity (Hard / Soft)\n");
        for (int i = 0; i < affinities.length; i++) {
            text.append("lamella.a.one                        1     " + i + "    1   -b-       6.8  " + affinities[i]
                    + " / all\n");
        }
        return text.toString();
    }

    @Test
    void readsAffinities() {
        assertThat(XlText.affinity(vcpus("1", "0,3-4"))).contains(CpuSet.parse("", "0-1,3-4"));
        assertThat(XlText.affinity(vcpus("1", "all"))).isEmpty();
        assertThatThrownBy(() -> XlText.affinity(vcpus("x"))).isInstanceOf(XlException.class);
        assertThat(XlText.affinity(vcpus("1").replace("    1   -b-", "    -   --p")))
                .contains(CpuSet.of(1));
    }

    @Test
    void readsFacts() {
        assertThat(XlText.facts("""
                        host                   : lamella-lab
                        virt_caps              : pv hvm hap gnttab-v1 gnttab-v2
                        xen_changeset          :\s
                        cc_compile_date        : Tue Nov  3 20:11:50 UTC 2026
                        """))
                .containsEntry("virt_caps", "pv hvm hap gnttab-v1 gnttab-v2")
                .containsEntry("xen_changeset", "")
                .containsEntry("cc_compile_date", "Tue Nov  3 20:11:50 UTC 2026");
        assertThatThrownBy(() -> XlText.facts("Xen is gone")).isInstanceOf(XlException.class);
    }

    @Test
    void saysWhyADomainEnded() {
        String log = "Waiting for domain lamella.a.one (domid 1) to die [pid 705]\n";
        String action = "Action for shutdown reason code 0 is destroy\n";
        assertThat(XlText.ending(log + "Domain 1 has shut down, reason code 0 0x0\n" + action))
                .isEqualTo("it powered itself off");
        assertThat(XlText.ending(log + "Domain 1 has shut down, reason code 3 0x3\n"))
                .isEqualTo("its kernel crashed");
        assertThat(XlText.ending(log + "Domain 1 has shut down, reason code 2 0x2\n"))
                .isEqualTo("its domain was saved");
        assertThat(XlText.ending(log + "Domain 1 has been destroyed.\n")).isEqualTo("its domain was destroyed");
    }

    @Test
    void readsWhatTheGuestSees() {
        assertThat(Guest.parse("""
                        1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever
                        2: eth0    inet 10.0.0.3/24 brd 10.0.0.255 scope global eth0\\       valid_lft forever
                        processes 42
                        """)).isEqualTo(new Guest(java.util.List.of("10.0.0.3"), 42));
        assertThat(Guest.parse("ip: not found")).isEqualTo(Guest.SILENT);
    }
}
