package io.lamella.compute;

import io.lamella.model.Instance;
import io.lamella.model.Port;
import io.lamella.model.Refusal;
import io.lamella.model.Slice;
import java.nio.file.Path;
import java.util.List;

/**
 * All that a backend needs to make and run an instance, resolved.
 *
 * @param root the image's content
 * @param offload whether the switch takes frames whose checksums and segmentation the sender leaves to its device
 * @param ports in the order eth0, eth1, ...
 */
public record InstancePlan(Instance instance, Slice slice, Root root, List<Port> ports, boolean offload) {
    public InstancePlan {
        ports = List.copyOf(ports);
    }

    /** The image's root file system; refuses an image that is a disk. */
    public Path rootfs() {
        return switch (root) {
            case Root.Tree tree -> tree.directory();
            case Root.Disk disk ->
                throw Refusal.conflict(
                        "image",
                        "image \"" + instance.spec().image() + "\" is a disk image, which backend " + instance.backend()
                                + " cannot run");
        };
    }

    public String unit() {
        return instance.unit();
    }
}
