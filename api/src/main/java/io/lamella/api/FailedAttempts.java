package io.lamella.api;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Slows down who guesses tokens: an address may fail {@value #BURST} times, then once in {@value #SECONDS_PER_FAILURE}
 * seconds. The {@value #ADDRESSES} addresses that failed last are remembered; of IPv6 addresses the /64 network. Any
 * thread.
 */
final class FailedAttempts {
    static final int BURST = 10;
    static final int SECONDS_PER_FAILURE = 6;
    static final int ADDRESSES = 1024;

    private static final long COST = TimeUnit.SECONDS.toNanos(SECONDS_PER_FAILURE);

    private final LongSupplier nanoTime;
    /** When all failures of an address will be forgiven. */
    private final Map<String, Long> forgivenAt = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > ADDRESSES;
        }
    };

    FailedAttempts(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** The seconds to wait, where this address has failed too often. */
    synchronized OptionalLong wait(InetAddress address) {
        Long at = forgivenAt.get(key(address));
        long over = at == null ? 0 : at - nanoTime.getAsLong() - (BURST - 1) * COST;
        return over <= 0 ? OptionalLong.empty() : OptionalLong.of(TimeUnit.NANOSECONDS.toSeconds(over) + 1);
    }

    synchronized void add(InetAddress address) {
        long now = nanoTime.getAsLong();
        forgivenAt.merge(key(address), now + COST, (at, fresh) -> at - now > 0 ? at + COST : fresh);
    }

    synchronized int remembered() {
        return forgivenAt.size();
    }

    private static String key(InetAddress address) {
        byte[] bytes = address.getAddress();
        return HexFormat.of().formatHex(address instanceof Inet6Address ? Arrays.copyOf(bytes, 8) : bytes);
    }
}
