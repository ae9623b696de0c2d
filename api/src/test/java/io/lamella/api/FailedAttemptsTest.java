package io.lamella.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class FailedAttemptsTest {
    /** System.nanoTime may be negative and run over. */
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1);

    private final FailedAttempts attempts = new FailedAttempts(now::get);

    private static InetAddress address(String text) throws UnknownHostException {
        return InetAddress.getByName(text);
    }

    private void fail(String address, int times) throws UnknownHostException {
        for (int i = 0; i < times; i++) {
            attempts.add(address(address));
        }
    }

    @Test
    void aBurstIsForgivenInTime() throws Exception {
        fail("10.0.0.1", FailedAttempts.BURST - 1);
        assertThat(attempts.wait(address("10.0.0.1"))).isEmpty();
        fail("10.0.0.1", 1);
        assertThat(attempts.wait(address("10.0.0.1"))).isPresent();
        assertThat(attempts.wait(address("10.0.0.2"))).isEmpty();
        now.addAndGet(Duration.ofSeconds(FailedAttempts.SECONDS_PER_FAILURE).toNanos());
        assertThat(attempts.wait(address("10.0.0.1"))).isEmpty();
        fail("10.0.0.1", 1);
        assertThat(attempts.wait(address("10.0.0.1"))).isPresent();
        now.addAndGet(Duration.ofDays(1).toNanos());
        fail("10.0.0.1", FailedAttempts.BURST - 1);
        assertThat(attempts.wait(address("10.0.0.1"))).isEmpty();
    }

    @Test
    void oneNetworkOfIpv6IsOneGuesser() throws Exception {
        for (int i = 0; i < FailedAttempts.BURST; i++) {
            fail("2001:db8::" + i, 1);
        }
        assertThat(attempts.wait(address("2001:db8::ffff"))).isPresent();
        assertThat(attempts.wait(address("2001:db8:0:1::1"))).isEmpty();
    }

    @Test
    void memoryIsBounded() throws Exception {
        for (int i = 0; i < 3 * FailedAttempts.ADDRESSES; i++) {
            fail("10.0." + i / 256 + "." + i % 256, 1);
        }
        assertThat(attempts.remembered()).isEqualTo(FailedAttempts.ADDRESSES);
    }
}
