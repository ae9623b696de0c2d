package io.lamella.compute;

import io.lamella.model.CpuPlan;
import io.lamella.model.MemoryPlan;
import io.lamella.model.NodeInfo;
import io.lamella.model.Slice;
import io.lamella.store.Kind;
import io.lamella.store.Store;
import java.util.List;

/** The node as a whole. */
public final class Node {
    private final Facts facts;
    private final Store store;
    private final Partition partition;
    private final Cabling cabling;
    private final Backends backends;

    /** What does not change while the daemon runs. */
    public record Facts(String hostname, String version, String kernel, String architecture) {}

    Node(Facts facts, Store store, Partition partition, Cabling cabling, Backends backends) {
        this.facts = facts;
        this.store = store;
        this.partition = partition;
        this.cabling = cabling;
        this.backends = backends;
    }

    public NodeInfo info() {
        List<Slice> slices = store.list(Kind.SLICE);
        return new NodeInfo(
                facts.hostname(),
                facts.version(),
                facts.kernel(),
                facts.architecture(),
                partition.cpus(),
                CpuPlan.free(partition.cpus(), slices),
                partition.memory(),
                MemoryPlan.reserved(slices.stream().map(s -> s.spec().memory()).toList()),
                partition.cgroupMode(),
                cabling.datapath(),
                cabling.state(),
                backends.probe());
    }
}
