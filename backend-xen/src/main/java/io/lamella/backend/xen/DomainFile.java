package io.lamella.backend.xen;

import io.lamella.compute.InstancePlan;
import io.lamella.guest.BootWords;
import io.lamella.guest.Bus;
import io.lamella.model.CpuSet;
import io.lamella.model.Port;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A domain's configuration (xl.cfg(5)).
 *
 * @param script what xl calls for each interface
 * @param mebibytes of the guest
 */
record DomainFile(Unit unit, InstancePlan plan, boolean pvh, Path kernel, Path initrd, Path script, long mebibytes) {
    String text() {
        StringBuilder text = new StringBuilder();
        line(text, "name", quoted(unit.domain()));
        line(text, "type", pvh ? "\"pvh\"" : "\"pv\"");
        line(text, "kernel", quoted(kernel.toString()));
        line(text, "ramdisk", quoted(initrd.toString()));
        line(text, "cmdline", quoted(BootWords.of(plan, Bus.XEN, "hvc0")));
        line(text, "memory", Long.toString(mebibytes));
        line(text, "maxmem", Long.toString(mebibytes));
        line(text, "vcpus", Integer.toString(vcpus(plan)));
        line(
                text,
                "cpus",
                list(IntStream.range(0, vcpus(plan))
                        .mapToObj(i -> affinity(plan, i))
                        .toList()));
        line(text, "cpu_weight", Integer.toString(weight(plan)));
        // the guest reads the processor's own counter: no domain of ours moves to another machine
        line(text, "tsc_mode", "\"native\"");
        for (String end : List.of("on_poweroff", "on_reboot", "on_watchdog", "on_crash", "on_soft_reset")) {
            line(text, end, "\"destroy\"");
        }
        line(text, "disk", list(List.of("format=raw,vdev=xvda,access=w,backendtype=qdisk,target=" + unit.disk())));
        line(text, "vif", list(plan.ports().stream().map(this::interfaceOf).toList()));
        line(
                text,
                "channel",
                list(IntStream.rangeClosed(1, Channels.COUNT)
                        .mapToObj(i -> "connection=socket,path=" + unit.socket(i) + ",name=lamella." + i)
                        .toList()));
        return text.toString();
    }

    private String interfaceOf(Port port) {
        return "mac=" + port.mac() + ",vifname=" + port.hostDevice() + ",script=" + script;
    }

    static int vcpus(InstancePlan plan) {
        return Math.max(1, plan.instance().cpus().size());
    }

    /** The CPUs of a virtual CPU: one of its own where the instance asked for CPUs. */
    static String affinity(InstancePlan plan, int vcpu) {
        CpuSet cpus = plan.instance().cpus();
        List<Integer> all = cpus.stream().boxed().toList();
        return plan.instance().spec().cpus().isPresent()
                ? Integer.toString(all.get(vcpu % all.size()))
                : cpus.toString();
    }

    /** Of Xen's schedulers, where 256 is what everybody has (xl(1), sched-credit2), from ours, where 100 is. */
    static int weight(InstancePlan plan) {
        int ours = plan.instance().spec().cpuWeight().orElse(100);
        return Math.clamp(ours * 256L / 100, 1, 65535);
    }

    private static void line(StringBuilder text, String key, String value) {
        text.append(key).append('=').append(value).append('\n');
    }

    private static String list(List<String> values) {
        return values.stream().map(DomainFile::quoted).collect(Collectors.joining(",", "[", "]"));
    }

    static String quoted(String value) {
        return "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }
}
