package io.lamella.compute;

import io.lamella.model.Instance;
import io.lamella.model.Port;
import io.lamella.model.Slice;
import java.nio.file.Path;
import java.util.List;

/**
 * All that a backend needs to make and run an instance, resolved.
 *
 * @param rootfs the image's unpacked, read-only root file system, owned by the ids in the archive
 * @param ports in the order eth0, eth1, ...
 */
public record InstancePlan(Instance instance, Slice slice, Path rootfs, List<Port> ports) {
    public InstancePlan {
        ports = List.copyOf(ports);
    }

    public String unit() {
        return instance.unit();
    }
}
