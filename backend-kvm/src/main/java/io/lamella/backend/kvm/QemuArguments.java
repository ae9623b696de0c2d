package io.lamella.backend.kvm;

import io.lamella.compute.InstancePlan;
import io.lamella.compute.Root;
import io.lamella.guest.BootWords;
import io.lamella.guest.Bus;
import io.lamella.model.Port;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * QEMU's command line (qemu(1)). Nothing is there that is not named: no default devices, no configuration files. Files
 * that the process itself may not open are given as descriptors.
 *
 * @param kvm whether the processor carries the machine out, and not software
 * @param memory of the guest, in bytes
 * @param pages the size of the huge pages that it lies in, in bytes; empty: it lies in none
 * @param based whether the disk is a layer over the image's
 */
record QemuArguments(Unit unit, InstancePlan plan, boolean kvm, long memory, OptionalLong pages, boolean based) {
    static final int KERNEL = 20;
    static final int INITRD = 21;
    static final int BASE = 22;

    /** How many channels the guest has at once: control, and three for a command. */
    private static final int CHANNELS = 64;

    List<String> list() {
        List<String> a = new ArrayList<>(List.of("-nodefaults", "-no-user-config", "-display", "none"));
        add(a, "-name", "guest=" + unit.name() + ",debug-threads=on");
        add(a, "-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny");
        boolean uefi = Ovmf.boots(plan.root());
        add(
                a,
                "-machine",
                "q35,usb=off,vmport=off,dump-guest-core=off"
                        + (pages.isPresent() ? ",memory-backend=ram" : "")
                        + (uefi ? ",pflash0=firmware,pflash1=variables" : ""));
        add(a, "-accel", kvm ? "kvm" : "tcg,thread=multi,tb-size=64");
        add(a, "-cpu", kvm ? "host" : "max,la57=off");
        int cpus = Math.max(1, plan.instance().cpus().size());
        add(a, "-smp", cpus + ",sockets=1,cores=" + cpus + ",threads=1");
        add(a, "-m", (memory >> 20) + "M");
        add(a, "-rtc", "base=utc");
        // all of it is taken now: a page that is missing later would end the machine
        pages.ifPresent(size -> add(
                a,
                "-object",
                "memory-backend-memfd,id=ram,size=" + (memory >> 20) + "M,hugetlb=on,hugetlbsize=" + (size >> 10)
                        + "K,prealloc=on"));
        add(a, "-object", "iothread,id=io0");
        disk(a);
        switch (plan.root()) {
            case Root.Tree tree -> {
                add(a, "-kernel", "/proc/self/fd/" + KERNEL);
                add(a, "-initrd", "/proc/self/fd/" + INITRD);
                add(a, "-append", BootWords.of(plan, Bus.VIRTIO, "ttyS0"));
            }
            case Root.Disk disk -> {
                if (uefi) {
                    firmware(a);
                }
                seed(a);
            }
        }
        for (Port port : plan.ports()) {
            String id = "net" + port.index();
            add(a, "-netdev", "tap,id=" + id + ",ifname=" + port.hostDevice() + ",script=no,downscript=no");
            add(a, "-device", "virtio-net-pci,netdev=" + id + ",mac=" + port.mac() + ",romfile=" + offload());
        }
        add(a, "-device", "virtio-rng-pci");
        add(a, "-device", "virtio-balloon-pci,id=balloon0");
        add(a, "-device", "pvpanic-pci");
        add(a, "-action", "panic=shutdown");
        add(
                a,
                "-chardev",
                socket("console") + ",logfile=" + escaped(unit.consoleLog().toString()) + ",logappend=on");
        add(a, "-serial", "chardev:console");
        add(a, "-device", "virtio-serial-pci,id=channels,max_ports=" + CHANNELS);
        boolean ours = plan.root() instanceof Root.Tree;
        String agent = ours ? "control" : QemuAgent.CHANNEL;
        add(a, "-chardev", socket(agent));
        add(
                a,
                "-device",
                "virtserialport,bus=channels.0,chardev=" + agent + ",name="
                        + (ours ? "lamella.control" : "org.qemu.guest_agent.0"));
        add(a, "-chardev", socket("qmp"));
        add(a, "-mon", "chardev=qmp,mode=control");
        return a;
    }

    private void disk(List<String> a) {
        if (based) {
            add(a, "-add-fd", "fd=" + BASE + ",set=1");
            add(a, "-blockdev", "driver=file,node-name=base-file,filename=/dev/fdset/1,read-only=on");
            String format = Disk.format(plan.root()).word();
            String backing = format.equals("qcow2") ? ",\"backing\":null" : "";
            add(
                    a,
                    "-blockdev",
                    "{\"driver\":\"" + format + "\",\"node-name\":\"base\",\"file\":\"base-file\",\"read-only\":true"
                            + backing + "}");
        }
        String file = escaped(unit.disk().toString());
        add(a, "-blockdev", "driver=file,node-name=root-file,filename=" + file + ",discard=unmap");
        // what the disk itself says that it is a layer over is never looked at
        add(
                a,
                "-blockdev",
                based
                        ? "driver=qcow2,node-name=root,file=root-file,discard=unmap,backing=base"
                        : "{\"driver\":\"qcow2\",\"node-name\":\"root\",\"file\":\"root-file\",\"discard\":\"unmap\",\"backing\":null}");
        // where a kernel is given, that is what boots
        String first = plan.root() instanceof Root.Disk ? ",bootindex=0" : "";
        add(a, "-device", "virtio-blk-pci,drive=root,iothread=io0,romfile=" + first);
    }

    private void firmware(List<String> a) {
        String variables = escaped(unit.variables().toString());
        add(a, "-blockdev", "driver=file,node-name=firmware,filename=" + Ovmf.CODE + ",read-only=on");
        add(a, "-blockdev", "driver=file,node-name=variables,filename=" + variables);
    }

    private void seed(List<String> a) {
        String file = escaped(unit.seed().toString());
        add(a, "-blockdev", "driver=file,node-name=seed-file,filename=" + file + ",read-only=on");
        add(a, "-blockdev", "driver=raw,node-name=seed,file=seed-file,read-only=on");
        add(a, "-device", "virtio-blk-pci,drive=seed,romfile=");
    }

    /** A switch that reads raw frames drops those whose checksums are left to a device. */
    private String offload() {
        return plan.offload()
                ? ""
                : ",csum=off,guest_csum=off,gso=off,guest_tso4=off,guest_tso6=off,guest_ecn=off,guest_ufo=off,"
                        + "host_tso4=off,host_tso6=off,host_ecn=off,host_ufo=off,mrg_rxbuf=off";
    }

    private String socket(String channel) {
        return "socket,id=" + channel + ",path=" + escaped(unit.socket(channel).toString()) + ",server=on,wait=off";
    }

    /** A comma would end the value. */
    static String escaped(String value) {
        return value.replace(",", ",,");
    }

    private static void add(List<String> arguments, String option, String value) {
        arguments.add(option);
        arguments.add(value);
    }
}
