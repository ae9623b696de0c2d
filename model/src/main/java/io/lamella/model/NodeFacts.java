package io.lamella.model;

import java.util.Optional;
import java.util.Set;

/**
 * What was found on a machine, or read of a kernel that runs elsewhere.
 *
 * @param machine as uname(1) calls it, such as {@code x86_64}
 * @param kernel which kernel, for people to read
 * @param config its configuration, where it could be read
 * @param installedModules what {@code modprobe} could load, with {@code _} for {@code -}; empty where that is not known
 * @param loaded modules that are there now, built in or loaded, as far as /sys/module says, and what
 *     /proc/filesystems lists
 * @param surroundings what else was looked at; empty where only a configuration was given
 */
public record NodeFacts(
        String machine,
        String kernel,
        Optional<KernelConfig> config,
        Optional<Set<String>> installedModules,
        Set<String> loaded,
        Optional<Surroundings> surroundings) {
    public NodeFacts {
        installedModules = installedModules.map(Set::copyOf);
        loaded = Set.copyOf(loaded);
    }

    /**
     * What surrounds a kernel.
     *
     * @param controllers of control groups; empty where none is mounted, so that nothing is known
     * @param devices the paths of {@link Requirements} that exist
     * @param cpuFlags of the first processor
     * @param tools the programs of {@link Requirements} that are in the {@code PATH}
     */
    public record Surroundings(Set<String> controllers, Set<String> devices, Set<String> cpuFlags, Set<String> tools) {
        public Surroundings {
            controllers = Set.copyOf(controllers);
            devices = Set.copyOf(devices);
            cpuFlags = Set.copyOf(cpuFlags);
            tools = Set.copyOf(tools);
        }
    }
}
