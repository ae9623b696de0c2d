package io.lamella.ovsdb;

import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Where the database is and how long to wait for it.
 *
 * @param address a Unix socket's or a TCP endpoint's address
 * @param requestTimeout how long a request may take, waiting for a connection included
 * @param probeInterval after this long without a byte the server is probed by an echo; after twice as long without one
 *     the connection is given up
 * @param longestBackOff between two attempts to connect; the first wait is {@value #FIRST_BACK_OFF_MS} ms
 * @param messageLimit the largest message taken from the server, in bytes, 1 KiB to 1 GiB
 */
public record OvsdbSettings(
        SocketAddress address,
        String database,
        Duration requestTimeout,
        Duration probeInterval,
        Duration longestBackOff,
        int messageLimit) {
    static final long FIRST_BACK_OFF_MS = 20;

    public OvsdbSettings {
        if (messageLimit < 1 << 10 || messageLimit > 1 << 30) {
            throw new IllegalArgumentException("messageLimit " + messageLimit);
        }
    }

    /** The usual: 10 s for a request, a probe every 5 s, a back-off of at most 1 s, messages of at most 64 MiB. */
    public static OvsdbSettings unix(Path socket, String database) {
        return new OvsdbSettings(
                UnixDomainSocketAddress.of(socket),
                database,
                Duration.ofSeconds(10),
                Duration.ofSeconds(5),
                Duration.ofSeconds(1),
                64 << 20);
    }

    public OvsdbSettings withRequestTimeout(Duration timeout) {
        return new OvsdbSettings(address, database, timeout, probeInterval, longestBackOff, messageLimit);
    }

    public OvsdbSettings withProbeInterval(Duration interval) {
        return new OvsdbSettings(address, database, requestTimeout, interval, longestBackOff, messageLimit);
    }

    public OvsdbSettings withMessageLimit(int limit) {
        return new OvsdbSettings(address, database, requestTimeout, probeInterval, longestBackOff, limit);
    }
}
