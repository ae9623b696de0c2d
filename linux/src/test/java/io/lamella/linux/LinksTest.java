package io.lamella.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LinksTest {
    private final String name = Root.name("lamh");
    private final String peer = Root.name("lamp");

    @BeforeEach
    void root() {
        Root.assumed();
    }

    @AfterEach
    void clean() {
        Links.delete(name);
        Links.delete(peer);
    }

    @Test
    void aPairIsMadeWithOneEndUp() throws IOException {
        Links.createVeth(name, peer, 0x02_11_22_33_44_55L);

        assertThat(Links.names()).contains("lo", name, peer);
        assertThat(Links.exists(name)).isTrue();
        assertThat(Links.index(name)).isEqualTo(Integer.parseInt(attribute(name, "ifindex")));
        assertThat(attribute(peer, "address")).isEqualTo("02:11:22:33:44:55");
        assertThat(flags(name) & 1).isEqualTo(1);
        assertThat(flags(peer) & 1).isZero();
        Path ipv6 = Path.of("/proc/sys/net/ipv6/conf", name, "disable_ipv6");
        if (Files.exists(ipv6)) {
            assertThat(Files.readString(ipv6).strip()).isEqualTo("1");
        }
    }

    @Test
    void deletionTakesBothEndsAndMayBeRepeated() {
        Links.createVeth(name, peer, 0x02_00_00_00_00_01L);
        Links.delete(name);
        assertThat(Links.exists(name)).isFalse();
        assertThat(Links.exists(peer)).isFalse();
        assertThat(Links.names()).doesNotContain(name, peer);
        Links.delete(name);
    }

    @Test
    void aTapStaysAndBelongsToItsOwner() throws IOException {
        Links.createTap(name, 1_234_567);
        Links.createTap(name, 1_234_567);
        assertThat(Links.isTap(name)).isTrue();
        assertThat(attribute(name, "owner")).isEqualTo("1234567");
        Links.delete(name);
        assertThat(Links.isTap(name)).isFalse();
    }

    @Test
    void aTakenNameIsRefusedAndTheExistingPairStays() {
        Links.createVeth(name, peer, 0x02_00_00_00_00_01L);
        int index = Links.index(name);
        assertThatThrownBy(() -> Links.createVeth(name, Root.name("lamq"), 0x02_00_00_00_00_02L))
                .isInstanceOfSatisfying(
                        LinuxException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EEXIST));
        assertThat(Links.index(name)).isEqualTo(index);
    }

    @Test
    void anUnknownDeviceIsNamedInTheError() {
        assertThatThrownBy(() -> Links.setUp(name))
                .isInstanceOf(LinuxException.class)
                .hasMessageContaining(name)
                .hasMessageContaining("No such device");
    }

    @Test
    void namesThatTheKernelRefusesAreRefused() {
        for (String wrong : new String[] {"", ".", "..", "a/b", "a b", "sixteenletters16"}) {
            assertThatThrownBy(() -> Links.delete(wrong))
                    .isInstanceOfSatisfying(
                            LinuxException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL));
        }
    }

    @Test
    void theMtuIsSet() throws IOException {
        Links.createVeth(name, peer, 0x02_00_00_00_00_01L);
        Links.setMtu(peer, 1400);
        assertThat(attribute(peer, "mtu")).isEqualTo("1400");
    }

    @Test
    void checksumsStayDisabledInAnotherNamespace() throws IOException, InterruptedException {
        Root.assumedProgram("ethtool");
        Links.createVeth(name, peer, 0x02_00_00_00_00_01L);
        assertThat(offloads("ethtool", "-k", peer)).contains("tx-checksumming: on");
        Links.disableTxChecksum(peer);
        assertThat(offloads("ethtool", "-k", peer)).contains("tx-checksumming: off");

        Process holder = new ProcessBuilder("unshare", "--net", "cat").start();
        try {
            holder.getOutputStream().write('x');
            holder.getOutputStream().flush();
            assertThat(holder.getInputStream().read()).isEqualTo('x');
            Links.moveToNamespace(peer, (int) holder.pid());
            assertThat(Links.exists(peer)).isFalse();
            assertThat(offloads("nsenter", "-t", Long.toString(holder.pid()), "-n", "ethtool", "-k", peer))
                    .contains("tx-checksumming: off", "tx-tcp-segmentation: off");
        } finally {
            holder.destroyForcibly().waitFor();
        }
    }

    private static String offloads(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static int flags(String device) throws IOException {
        return Integer.decode(attribute(device, "flags"));
    }

    private static String attribute(String device, String attribute) throws IOException {
        return Files.readString(Path.of("/sys/class/net", device, attribute)).strip();
    }
}
