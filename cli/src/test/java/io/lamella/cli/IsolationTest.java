package io.lamella.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lamella.cli.Demo.Member;
import io.lamella.cli.Demo.Side;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo's proofs on real packets: they hold where slices are apart, and do not where something leaks. */
class IsolationTest {
    private static final Side A = new Side(
            new Member("a", "a1", "busybox", "10.0.0.2", 1, 64), new Member("a", "a2", "debian13", "10.0.0.3", 0, 64));
    private static final Side B = new Side(
            new Member("b", "b1", "busybox", "10.0.0.2", 1, 64), new Member("b", "b2", "debian13", "10.0.0.4", 0, 64));
    private static final Map<String, String> ADDRESSES = new LinkedHashMap<>();

    static {
        for (Side side : List.of(A, B)) {
            ADDRESSES.put(side.small().place().toString(), side.small().address());
            ADDRESSES.put(side.large().place().toString(), side.large().address());
        }
    }

    @TempDir
    Path directory;

    @BeforeAll
    static void need() {
        assumeTrue("root".equals(System.getProperty("user.name")), "network namespaces need root");
        for (String tool : List.of("ip", "busybox", "unshare", "bash")) {
            assumeTrue(
                    List.of("/bin/", "/usr/bin/", "/sbin/", "/usr/sbin/").stream()
                            .anyMatch(d -> Files.isExecutable(Path.of(d + tool))),
                    "no " + tool + " on this machine");
        }
    }

    private List<Proof> proofs(boolean oneSwitch) throws Exception {
        try (NamespaceNode node = new NamespaceNode(directory, ADDRESSES, oneSwitch)) {
            return new Isolation(new Api(new Endpoint.Local(node.socket)), oneSwitch ? 1 : 3).proofs(A, B);
        }
    }

    @Test
    void separateSwitchesPassAllButTheForgeries() throws Exception {
        List<Proof> proofs = proofs(false);
        assertThat(proofs.subList(0, 3))
                .allSatisfy(p -> assertThat(p.holds()).as(p.toString()).isTrue());
        // a bridge of Linux delivers forged frames within the slice, which the proofs must see
        assertThat(proofs.subList(3, 5)).allSatisfy(p -> {
            assertThat(p.holds()).as(p.toString()).isFalse();
            assertThat((Long) p.evidence().get("forged frames sent by a/a1")).isGreaterThanOrEqualTo(20);
            assertThat((Long) p.evidence().get("forged frames received by a/a2"))
                    .isGreaterThanOrEqualTo(20);
            assertThat((Long) p.evidence().get("frames received by b/b1")).isZero();
        });
    }

    @Test
    void oneSwitchForAllIsFoundOut() throws Exception {
        List<Proof> proofs = proofs(true);
        assertThat(proofs.subList(1, 5))
                .allSatisfy(p -> assertThat(p.holds()).as(p.toString()).isFalse());
        assertThat(proofs.get(2).evidence().toString()).contains("Received");
    }
}
