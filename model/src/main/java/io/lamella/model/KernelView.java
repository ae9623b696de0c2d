package io.lamella.model;

import io.avaje.jsonb.Json;
import java.util.List;
import java.util.Optional;

/**
 * A running instance as the kernel reports it: read from its cgroups and from /proc, not from what was asked.
 *
 * @param cpus the CPUs its cgroup allows in effect
 * @param memoryLimit absent where the kernel knows no limit
 * @param cpuNanos CPU time used since the start, in nanoseconds
 * @param processes processes and threads now
 * @param addresses the IPv4 addresses configured in its network namespace, loopback left out
 */
@Json
public record KernelView(
        CpuSet cpus,
        Optional<ByteSize> memoryLimit,
        ByteSize memoryUsed,
        long cpuNanos,
        int processes,
        List<String> addresses) {}
