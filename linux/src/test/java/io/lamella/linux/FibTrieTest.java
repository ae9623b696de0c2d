package io.lamella.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class FibTrieTest {
    @Test
    void theAddressesOfAnotherNamespaceAreRead() throws Exception {
        Root.assumed();
        Root.assumedProgram("ip");
        Process holder = new ProcessBuilder("unshare", "--net", "cat").start();
        try {
            holder.getOutputStream().write('x');
            holder.getOutputStream().flush();
            assertThat(holder.getInputStream().read()).isEqualTo('x');
            int pid = (int) holder.pid();
            assertThat(FibTrie.localAddresses(pid)).isEmpty();
            inside(
                    pid,
                    "ip link add lamd0 type veth peer name lamd1 && ip link set lo up && ip link set lamd1 up && ip link set lamd0 up");
            inside(pid, "ip addr add 10.0.0.5/24 dev lamd0 && ip addr add 192.0.2.255/32 dev lamd0");
            inside(pid, "ip addr add 10.0.0.6/24 dev lamd0 && ip addr add 198.51.100.1/31 dev lamd0");
            assertThat(FibTrie.localAddresses(pid))
                    .containsExactlyInAnyOrder("10.0.0.5", "10.0.0.6", "192.0.2.255", "198.51.100.1");
        } finally {
            holder.destroyForcibly().waitFor();
        }
        assertThat(FibTrie.localAddresses((int) holder.pid())).isEmpty();
    }

    private static void inside(int pid, String script) throws IOException {
        var result = Command.run(
                Duration.ofSeconds(30), List.of("nsenter", "-t", Integer.toString(pid), "-n", "sh", "-c", script));
        assertThat(result.ok()).as(result.error()).isTrue();
    }
}
