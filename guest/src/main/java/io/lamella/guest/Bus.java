package io.lamella.guest;

import java.util.List;

/** How a virtual machine sees its devices, and the kernel modules that it needs for them. */
public enum Bus {
    VIRTIO(
            "/dev/vda",
            List.of("virtio_pci", "virtio_blk", "virtio_net", "virtio_console", "ext4"),
            List.of("virtio_rng", "virtio_balloon", "crc32c_generic", "pvpanic_pci", "button")),
    XEN("/dev/xvda", List.of("xen_blkfront", "xen_netfront", "ext4"), List.of("crc32c_generic"));

    private final String rootDevice;
    private final List<String> needed;
    private final List<String> useful;

    Bus(String rootDevice, List<String> needed, List<String> useful) {
        this.rootDevice = rootDevice;
        this.needed = needed;
        this.useful = useful;
    }

    public String rootDevice() {
        return rootDevice;
    }

    List<String> needed() {
        return needed;
    }

    /** What makes it better and can be missing. */
    List<String> useful() {
        return useful;
    }
}
