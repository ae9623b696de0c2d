package io.lamella.model;

import io.avaje.jsonb.Json;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a whole node is asked to be: the content of a {@code node.yaml}. */
@Json
public record NodeSpec(List<SliceDeclaration> slices) {
    public NodeSpec {
        slices = Given.list(slices);
        unique("slice", slices, SliceDeclaration::name);
    }

    /** A slice with all that is in it. */
    @Json
    public record SliceDeclaration(
            String name,
            Optional<CpuRequest> cpus,
            Optional<ByteSize> memory,
            Optional<Integer> maxInstances,
            List<NetworkSpec> networks,
            List<InstanceDeclaration> instances) {
        public SliceDeclaration {
            SliceSpec checked = new SliceSpec(name, cpus, memory, maxInstances);
            cpus = checked.cpus();
            memory = checked.memory();
            maxInstances = checked.maxInstances();
            networks = Given.list(networks);
            instances = Given.list(instances);
            unique("network of slice " + name, networks, NetworkSpec::name);
            unique("instance of slice " + name, instances, InstanceDeclaration::name);
        }

        public SliceSpec spec() {
            return new SliceSpec(name, cpus, memory, maxInstances);
        }
    }

    /**
     * An instance and whether it should run.
     *
     * @param running absent: true
     */
    @Json
    public record InstanceDeclaration(
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
            Autostart autostart,
            @Nullable Boolean running) {
        public InstanceDeclaration {
            InstanceSpec checked = new InstanceSpec(
                    name, image, backend, cpus, profile, cpuWeight, memory, pids, userData, hugePages, nics, autostart);
            backend = checked.backend();
            cpus = checked.cpus();
            profile = checked.profile();
            cpuWeight = checked.cpuWeight();
            memory = checked.memory();
            pids = checked.pids();
            userData = checked.userData();
            hugePages = checked.hugePages();
            nics = checked.nics();
            autostart = checked.autostart();
            running = running == null || running;
        }

        public static InstanceDeclaration of(InstanceSpec s, boolean running) {
            return new InstanceDeclaration(
                    s.name(),
                    s.image(),
                    s.backend(),
                    s.cpus(),
                    s.profile(),
                    s.cpuWeight(),
                    s.memory(),
                    s.pids(),
                    s.userData(),
                    s.hugePages(),
                    s.nics(),
                    s.autostart(),
                    running);
        }

        public InstanceSpec spec() {
            return new InstanceSpec(
                    name, image, backend, cpus, profile, cpuWeight, memory, pids, userData, hugePages, nics, autostart);
        }

        public boolean shouldRun() {
            return !Boolean.FALSE.equals(running);
        }
    }

    private static <T> void unique(String what, List<T> items, Function<T, String> name) {
        Set<String> seen = new HashSet<>();
        for (T item : items) {
            if (!seen.add(name.apply(item))) {
                throw Refusal.invalid(what, "there are two of the name \"" + name.apply(item) + "\" (" + what + ")");
            }
        }
    }
}
