package io.lamella.guest;

import io.lamella.compute.InstancePlan;
import io.lamella.model.Cidr;
import io.lamella.model.Ipv4;
import io.lamella.model.Port;

/** What the first program in a virtual machine reads on the kernel's command line. */
public final class BootWords {
    private BootWords() {}

    /**
     * The kernel's command line.
     *
     * @param console the device of its console: {@code ttyS0}, {@code hvc0}
     */
    public static String of(InstancePlan plan, Bus bus, String console) {
        StringBuilder line = new StringBuilder("console=" + console)
                .append(" quiet panic=-1 net.ifnames=0 lamella.root=")
                .append(bus.rootDevice())
                .append(" lamella.host=")
                .append(plan.instance().name());
        plan.instance()
                .spec()
                .pids()
                .ifPresent(pids -> line.append(" lamella.pids=").append(pids));
        for (Port port : plan.ports()) {
            line.append(" lamella.net=")
                    .append(port.mac())
                    .append(',')
                    .append(port.deviceName())
                    .append(',')
                    .append(port.address())
                    .append('/')
                    .append(port.prefix())
                    .append(',')
                    .append(broadcast(port));
        }
        return line.toString();
    }

    private static String broadcast(Port port) {
        if (port.prefix() > 30) {
            return ""; // RFC 3021: there is none
        }
        int mask = port.prefix() == 0 ? 0 : -1 << (32 - port.prefix());
        return new Cidr(new Ipv4(port.address().bits() & mask), port.prefix())
                .broadcast()
                .toString();
    }
}
