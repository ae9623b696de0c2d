package io.lamella.model;

import io.avaje.jsonb.Json;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an instance is asked to be.
 *
 * @param image the image's name or digest
 * @param backend what runs it; absent: lxc
 * @param cpus how many of the slice's CPUs, or which; absent: it floats over all of them
 * @param profile how free of everything else its CPUs must be kept when it starts: at least so far; absent: as its slice's
 *     are
 * @param cpuWeight its share where CPUs are contended, 1 to 10000; absent: 100 (cgroup v2's cpu.weight)
 * @param memory the most memory it may use; absent: the slice's limit alone holds
 * @param pids the most processes and threads it may have, 8 to 4194304; absent: 4096
 * @param nics its network interfaces, in the order eth0, eth1, ...; at most 16
 */
@Json
public record InstanceSpec(
        String name,
        String image,
        BackendKind backend,
        Optional<CpuRequest> cpus,
        Optional<IsolationProfile> profile,
        Optional<Integer> cpuWeight,
        Optional<ByteSize> memory,
        Optional<Integer> pids,
        List<NicSpec> nics,
        Autostart autostart) {
    /** Enough for a system container, and far below what would starve the node. */
    public static final int DEFAULT_PIDS = 4096;

    public InstanceSpec {
        name = Names.check("name", Given.required("name", name));
        image = Given.required("image", image);
        backend = or(backend, BackendKind.LXC);
        cpus = Given.optional(cpus);
        profile = Given.optional(profile);
        cpuWeight = Given.optional(cpuWeight);
        memory = Given.optional(memory);
        pids = Given.optional(pids);
        nics = Given.list(nics);
        autostart = or(autostart, Autostart.DEFAULT);
        cpuWeight.ifPresent(w -> Limits.checkRange("cpuWeight", w, 1, 10_000));
        memory.ifPresent(m -> Limits.checkMemory("memory", m));
        pids.ifPresent(p -> Limits.checkRange("pids", p, 8, 4_194_304));
        if (nics.size() > 16) {
            throw Refusal.invalid("nics", nics.size() + " network interfaces are too many: at most 16");
        }
    }

    private static <T> T or(@Nullable T value, T otherwise) {
        return value == null ? otherwise : value;
    }
}
