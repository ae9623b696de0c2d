package io.lamella.backend.kvm;

import io.lamella.compute.InstancePlan;
import io.lamella.linux.Threads;
import io.lamella.model.CpuSet;
import java.util.List;

/**
 * Where the threads of a machine run: its virtual CPUs on the instance's CPUs, one on each where the instance asked for
 * CPUs; everything else of QEMU's beside them, on CPUs of the slice that the instance does not have, where there are
 * any. So what QEMU does on the side takes no time from a CPU that was asked for.
 *
 * @param virtual for the virtual CPUs
 * @param beside for the emulator's threads, those that do input and output, and the monitor's
 */
record Placement(CpuSet virtual, CpuSet beside, boolean oneToOne) {
    static Placement of(InstancePlan plan) {
        CpuSet own = plan.instance().cpus();
        boolean asked = plan.instance().spec().cpus().isPresent();
        CpuSet others = plan.slice().cpus().minus(own);
        return new Placement(own, asked && !others.isEmpty() ? others : own, asked);
    }

    /** All of them: what the machine's control group allows. */
    CpuSet all() {
        return virtual.union(beside);
    }

    /** Puts it into force; also again, when the control group's CPUs have changed. */
    void apply(int pid, List<Integer> virtualCpus) {
        List<Integer> cpus = virtual.stream().boxed().toList();
        for (int i = 0; i < virtualCpus.size(); i++) {
            Threads.pin(virtualCpus.get(i), oneToOne ? List.of(cpus.get(i % cpus.size())) : cpus);
        }
        List<Integer> others = beside.stream().boxed().toList();
        for (int thread : Threads.of(pid)) {
            if (!virtualCpus.contains(thread)) {
                Threads.pin(thread, others);
            }
        }
    }

    /** The CPUs that the virtual CPUs really may use. */
    static CpuSet observed(int pid, List<Integer> virtualCpus) {
        CpuSet seen = CpuSet.EMPTY;
        for (int thread : virtualCpus) {
            seen = seen.union(
                    CpuSet.parse("cpus", Threads.allowedCpus(pid, thread).orElse("")));
        }
        return seen;
    }
}
