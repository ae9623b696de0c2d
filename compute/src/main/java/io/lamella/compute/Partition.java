package io.lamella.compute;

import io.lamella.model.ByteSize;
import io.lamella.model.CpuSet;
import io.lamella.model.Slice;
import java.util.Collection;

/** The node's resources and the boundaries between slices in them. Idempotent; any thread. */
public interface Partition {
    /** The CPUs that are online and not withheld from all slices. */
    CpuSet cpus();

    ByteSize memory();

    /** {@code v1}, {@code hybrid} or {@code v2}. */
    String cgroupMode();

    /** Puts the slice's CPUs and memory limit into force for all its instances together. */
    void apply(Slice slice);

    void remove(String slice);

    /** Removes the boundaries of slices that are not among {@code slices}. */
    void reconcile(Collection<Slice> slices);
}
