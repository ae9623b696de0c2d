package io.lamella.model;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/**
 * The node's logical CPUs and what they share. Threads of one physical core are known by their package and core number,
 * never by a shared cache.
 *
 * @param cpus in ascending order of their numbers, each once; at least one is online
 */
public record CpuTopology(List<Cpu> cpus) {
    /**
     * A logical CPU.
     *
     * @param number the kernel's number, 0 to {@link CpuSet#MAX_CPU}
     * @param online whether it runs; where it does not, the kernel tells nothing else of it
     * @param socket the physical package
     * @param core the core within the package
     * @param node the NUMA node
     * @param efficient whether it is one of a hybrid processor's efficient cores
     */
    public record Cpu(int number, boolean online, int socket, int core, int node, boolean efficient) {}

    public CpuTopology {
        cpus = List.copyOf(cpus);
        Set<Integer> numbers = new HashSet<>();
        for (Cpu cpu : cpus) {
            if (!numbers.add(cpu.number())) {
                throw Refusal.invalid("cpus", "CPU " + cpu.number() + " is in the topology twice");
            }
        }
        if (cpus.stream().noneMatch(Cpu::online)) {
            throw Refusal.invalid("cpus", "the topology has no online CPU");
        }
    }

    /** All CPUs, the offline ones too. */
    public CpuSet present() {
        return of(cpu -> true);
    }

    public CpuSet online() {
        return of(Cpu::online);
    }

    /** The online CPUs of every physical core, ordered by their lowest CPU. */
    public List<CpuSet> cores() {
        List<CpuSet> cores = new ArrayList<>();
        CpuSet seen = CpuSet.EMPTY;
        for (Cpu cpu : cpus) {
            if (cpu.online() && !seen.contains(cpu.number())) {
                CpuSet core = of(c -> c.online() && c.socket() == cpu.socket() && c.core() == cpu.core());
                cores.add(core);
                seen = seen.union(core);
            }
        }
        return cores;
    }

    /** The online CPUs of all cores that have a CPU in {@code some}. */
    public CpuSet wholeCores(CpuSet some) {
        CpuSet whole = CpuSet.EMPTY;
        for (CpuSet core : cores()) {
            whole = core.intersects(some) ? whole.union(core) : whole;
        }
        return whole;
    }

    /** The online CPUs of every NUMA node that has some, ordered by node. */
    public List<CpuSet> nodes() {
        return groups(Cpu::node);
    }

    public CpuSet efficient() {
        return of(cpu -> cpu.online() && cpu.efficient());
    }

    private List<CpuSet> groups(ToIntFunction<Cpu> key) {
        return cpus.stream()
                .filter(Cpu::online)
                .map(key::applyAsInt)
                .collect(Collectors.toCollection(java.util.TreeSet::new))
                .stream()
                .map(k -> of(cpu -> cpu.online() && key.applyAsInt(cpu) == k))
                .toList();
    }

    private CpuSet of(Predicate<Cpu> which) {
        return CpuSet.of(cpus.stream().filter(which).mapToInt(Cpu::number).toArray());
    }
}
