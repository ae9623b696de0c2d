package io.lamella.isolation;

import io.lamella.compute.Partition;
import io.lamella.linux.Cgroups;
import io.lamella.linux.Hardware;
import io.lamella.linux.LinuxException;
import io.lamella.model.ByteSize;
import io.lamella.model.CpuSet;
import io.lamella.model.Refusal;
import io.lamella.model.Slice;
import java.util.Collection;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Slices as control groups {@code ROOT/SLICE}, which hold their instances' groups: what limits a slice's group limits
 * all its instances together, whatever their own limits say.
 */
public final class CgroupPartition implements Partition {
    private final Cgroups cgroups;
    private final String root;
    private final Supplier<CpuSet> withheld;

    /**
     * @param root the name of the group that holds all slices' groups and nothing else
     * @param withheld the CPUs that no slice may have
     */
    public CgroupPartition(Cgroups cgroups, String root, Supplier<CpuSet> withheld) {
        this.cgroups = cgroups;
        this.root = root;
        this.withheld = withheld;
    }

    @Override
    public CpuSet cpus() {
        return CpuSet.parse("online CPUs", Hardware.onlineCpus()).minus(withheld.get());
    }

    @Override
    public ByteSize memory() {
        return new ByteSize(Hardware.memoryBytes());
    }

    @Override
    public String cgroupMode() {
        return cgroups.mode().toString();
    }

    @Override
    public synchronized void apply(Slice slice) {
        String group = group(slice.name());
        OptionalLong memory =
                slice.spec().memory().stream().mapToLong(ByteSize::bytes).findFirst();
        if (memory.isPresent() && !cgroups.controllers().contains("memory")) {
            throw Refusal.unavailable("the memory of slice \"" + slice.name()
                    + "\" cannot be limited: the kernel has no memory controller");
        }
        try {
            cgroups.createParent(group);
            cgroups.setCpus(root, cpus().toString()); // a CPU may have come or gone since
            cgroups.setCpus(group, slice.cpus().toString());
            cgroups.setMemoryLimit(group, memory);
        } catch (LinuxException e) {
            throw Refusal.conflict(
                    "slice",
                    "the limits of slice \"" + slice.name() + "\" cannot be put into force: " + e.getMessage());
        }
    }

    @Override
    public synchronized void remove(String slice) {
        String group = group(slice);
        try {
            cgroups.kill(group);
            cgroups.delete(group);
            if (cgroups.children(root).isEmpty() && cgroups.exists(root)) {
                cgroups.delete(root);
            }
        } catch (LinuxException e) {
            throw Refusal.conflict("slice", "slice \"" + slice + "\" cannot be removed: " + e.getMessage());
        }
    }

    @Override
    public synchronized void reconcile(Collection<Slice> slices) {
        Set<String> names = slices.stream().map(Slice::name).collect(Collectors.toSet());
        for (String found : cgroups.children(root)) {
            if (!names.contains(found)) {
                remove(found);
            }
        }
    }

    private String group(String slice) {
        return root + "/" + slice;
    }
}
