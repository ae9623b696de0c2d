package io.lamella.model;

import io.avaje.jsonb.Json;
import java.util.List;

/**
 * The node.
 *
 * @param cgroup {@code v1}, {@code hybrid} or {@code v2}
 * @param datapath the switch's datapath: {@code system} (kernel) or {@code netdev} (user space)
 * @param switchState {@code private} (Lamella's own switch daemon), {@code shared} (the machine's) or why there is none
 */
@Json
public record NodeInfo(
        String hostname,
        String version,
        String kernel,
        String architecture,
        CpuSet cpus,
        CpuSet freeCpus,
        ByteSize memory,
        ByteSize reservedMemory,
        String cgroup,
        String datapath,
        String switchState,
        List<BackendInfo> backends) {}
