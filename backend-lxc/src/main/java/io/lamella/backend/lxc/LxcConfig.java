package io.lamella.backend.lxc;

import io.lamella.model.Cidr;
import io.lamella.model.IdRange;
import io.lamella.model.Ipv4;
import io.lamella.model.Port;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * An instance's LXC configuration (lxc.container.conf(5)), complete in itself: nothing of the distribution's is
 * included.
 *
 * @param limits control files of the instance's group and their values
 * @param unified whether these are cgroup version 2's
 * @param appArmor whether the kernel has AppArmor
 */
record LxcConfig(
        Unit unit,
        IdRange ids,
        InitSystem.Found init,
        Map<String, String> limits,
        boolean unified,
        List<Port> ports,
        boolean appArmor,
        Path seccomp) {
    /** The first line's begin, by which {@link #initOf} knows what to stop later. */
    private static final String INIT = "# init: ";

    /**
     * What a system container's init, package manager, ping, su, getty and cron use within their user namespace. Left
     * out is what the kernel only honours in the node's own namespace (sys_time, sys_module, syslog, mknod, ...) and what
     * nothing of that needs. sys_boot stays: in a process namespace of its own, reboot(2) ends or restarts the instance
     * and nothing else (pid_namespaces(7)).
     */
    private static final String CAPABILITIES =
            "audit_write chown dac_override dac_read_search fowner fsetid kill net_admin"
                    + " net_bind_service net_raw setfcap setgid setpcap setuid sys_admin sys_boot sys_chroot sys_nice sys_ptrace"
                    + " sys_resource sys_tty_config";

    String text() {
        StringBuilder s = new StringBuilder(2048);
        s.append(INIT).append(init.system()).append('\n');
        set(s, "rootfs.path", "dir:" + unit.rootfs());
        set(s, "uts.name", unit.name().substring(unit.name().indexOf('.') + 1));
        set(s, "idmap", "u 0 " + ids.first() + " " + ids.count());
        set(s, "idmap", "g 0 " + ids.first() + " " + ids.count());
        set(s, "init.cmd", init.path());
        set(s, "signal.halt", init.system().haltSignal());
        set(s, "cap.keep", CAPABILITIES);
        set(s, "seccomp.profile", seccomp.toString());
        set(s, "apparmor.profile", appArmor ? "generated" : "unconfined");
        if (appArmor) {
            // without it the profile forbids the mounts by which systemd shuts its services in
            set(s, "apparmor.allow_nesting", "1");
        }
        set(s, "mount.auto", "proc:mixed sys:mixed cgroup:mixed");
        set(s, "autodev", "1");
        set(s, "pty.max", "1024");
        set(s, "tty.max", Integer.toString(init.system().terminals()));
        set(s, "console.logfile", unit.consoleLog().toString());
        set(s, "console.size", "1MB");
        set(s, "console.rotate", "1");
        set(s, "console.buffer.size", "64kB");
        set(s, "cgroup.dir.container", unit.group());
        set(s, "cgroup.dir.container.inner", "ns");
        set(s, "cgroup.dir.monitor", unit.monitorGroup());
        limits.forEach((file, value) -> set(s, (unified ? "cgroup2." : "cgroup.") + file, value));
        for (Port port : ports) {
            String net = "net." + port.index() + ".";
            set(s, net + "type", "phys");
            set(s, net + "link", port.guestDevice());
            set(s, net + "name", port.deviceName());
            set(s, net + "flags", "up");
            set(s, net + "ipv4.address", port.address() + "/" + port.prefix() + broadcast(port));
        }
        if (ports.isEmpty()) {
            set(s, "net.0.type", "empty");
            set(s, "net.0.flags", "up"); // the loopback device
        }
        return s.toString();
    }

    private static void set(StringBuilder s, String key, String value) {
        s.append("lxc.").append(key).append(" = ").append(value).append('\n');
    }

    /** LXC derives a wrong one where none is given. */
    private static String broadcast(Port port) {
        if (port.prefix() > 30) {
            return ""; // RFC 3021: there is none
        }
        int mask = port.prefix() == 0 ? 0 : -1 << (32 - port.prefix());
        return " " + new Cidr(new Ipv4(port.address().bits() & mask), port.prefix()).broadcast();
    }

    /** What {@link #text} was written for. */
    static InitSystem initOf(String text) {
        String first = text.lines().findFirst().orElse("");
        for (InitSystem system : InitSystem.values()) {
            if (first.equals(INIT + system)) {
                return system;
            }
        }
        return InitSystem.OTHER;
    }
}
