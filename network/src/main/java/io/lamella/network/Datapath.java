package io.lamella.network;

import io.lamella.model.Refusal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Which of Open vSwitch's datapaths this kernel allows; the words are the Bridge table's {@code datapath_type}. */
final class Datapath {
    static final String KERNEL = "system";
    static final String USERSPACE = "netdev";

    private static final Path MODULE = Path.of("/sys/module/openvswitch");

    /** The tap device that the userspace datapath makes for itself: there can be one in a network namespace. */
    private static final String USERSPACE_DEVICE = "ovs-netdev";

    private Datapath() {}

    /** Refuses where a bridge could not be made because somebody else's switch has the only userspace datapath. */
    static void claim() {
        if (best().equals(USERSPACE) && !release(USERSPACE_DEVICE)) {
            throw Refusal.unavailable("there is no switch: another Open vSwitch, which does not answer, has this node's"
                    + " userspace datapath (device " + USERSPACE_DEVICE + ")");
        }
    }

    /** Removes the tap devices that a killed switch leaves behind. */
    static void tidy(String bridge) {
        release(bridge);
        release(USERSPACE_DEVICE);
    }

    /** Removes a tap device that no process has open, which only root's ioctl can tell; whether it is gone. */
    private static boolean release(String tap) {
        Path device = Path.of("/sys/class/net", tap);
        if (Files.exists(device)) {
            Tool.run(Map.of(), "ip", List.of("tuntap", "del", "dev", tap, "mode", "tap"));
        }
        return !Files.exists(device);
    }

    /** {@link #KERNEL} where the kernel has its half of Open vSwitch or can load it, otherwise {@link #USERSPACE}. */
    static String best() {
        if (Files.exists(MODULE)) {
            return KERNEL;
        }
        try {
            Tool.run(Map.of(), "modprobe", List.of("-q", "openvswitch"));
        } catch (Refusal e) {
            return USERSPACE; // no modprobe, no module
        }
        return Files.exists(MODULE) ? KERNEL : USERSPACE;
    }
}
