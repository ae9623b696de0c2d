package io.lamella.flowspace;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RateLimitTest {
    @Test
    void whatIsBeyondTheRateHasToWait() {
        RateLimit slow = new RateLimit(1);
        assertThat(slow.spend()).isEqualTo(Duration.ZERO);
        assertThat(slow.spend()).isPositive();
        RateLimit fast = new RateLimit(1_000_000);
        for (int i = 0; i < 1000; i++) {
            assertThat(fast.spend()).isEqualTo(Duration.ZERO);
        }
    }
}
