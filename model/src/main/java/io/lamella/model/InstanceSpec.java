package io.lamella.model;

import io.avaje.jsonb.Json;
import java.nio.charset.StandardCharsets;
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
 * @param userData what cloud-init in a disk image is given, at most 16 KiB of text; whoever may see the instance can read
 *     it
 * @param hugePages whether a virtual machine's memory lies in huge pages; absent: it does not
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
        Optional<String> userData,
        Optional<HugePages> hugePages,
        List<NicSpec> nics,
        Autostart autostart) {
    /** Enough for a system container, and far below what would starve the node. */
    public static final int DEFAULT_PIDS = 4096;

    /** What EC2 allows too; our JSON reader takes no text of twice as much. */
    public static final int MAX_USER_DATA = 1 << 14;

    public InstanceSpec {
        name = Names.check("name", Given.required("name", name));
        image = Given.required("image", image);
        backend = or(backend, BackendKind.LXC);
        cpus = Given.optional(cpus);
        profile = Given.optional(profile);
        cpuWeight = Given.optional(cpuWeight);
        memory = Given.optional(memory);
        pids = Given.optional(pids);
        userData = Given.optional(userData);
        hugePages = Given.optional(hugePages);
        nics = Given.list(nics);
        autostart = or(autostart, Autostart.DEFAULT);
        cpuWeight.ifPresent(w -> Limits.checkRange("cpuWeight", w, 1, 10_000));
        memory.ifPresent(m -> Limits.checkMemory("memory", m));
        pids.ifPresent(p -> Limits.checkRange("pids", p, 8, 4_194_304));
        userData.ifPresent(InstanceSpec::checkUserData);
        if (nics.size() > 16) {
            throw Refusal.invalid("nics", nics.size() + " network interfaces are too many: at most 16");
        }
    }

    /** An instance with no wish for its CPUs' isolation, and without what only virtual machines have. */
    public static InstanceSpec of(
            String name,
            String image,
            BackendKind backend,
            Optional<CpuRequest> cpus,
            Optional<Integer> cpuWeight,
            Optional<ByteSize> memory,
            Optional<Integer> pids,
            List<NicSpec> nics,
            Autostart autostart) {
        return new InstanceSpec(
                name,
                image,
                backend,
                cpus,
                Optional.empty(),
                cpuWeight,
                memory,
                pids,
                Optional.empty(),
                Optional.empty(),
                nics,
                autostart);
    }

    /** The same with other interfaces and another backend. */
    public InstanceSpec with(BackendKind newBackend, List<NicSpec> newNics) {
        return new InstanceSpec(
                name,
                image,
                newBackend,
                cpus,
                profile,
                cpuWeight,
                memory,
                pids,
                userData,
                hugePages,
                newNics,
                autostart);
    }

    private static void checkUserData(String text) {
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_USER_DATA) {
            throw Refusal.invalid("userData", "userData has " + bytes + " bytes: at most " + MAX_USER_DATA);
        }
        if (text.indexOf('\0') >= 0) {
            throw Refusal.invalid("userData", "userData holds a zero byte: it must be text");
        }
    }

    private static <T> T or(@Nullable T value, T otherwise) {
        return value == null ? otherwise : value;
    }
}
