package io.lamella.model;

import static io.lamella.model.Capability.BENCH;
import static io.lamella.model.Capability.CHECKPOINT;
import static io.lamella.model.Capability.ISOLATION;
import static io.lamella.model.Capability.KVM;
import static io.lamella.model.Capability.LXC;
import static io.lamella.model.Capability.NETWORK;
import static io.lamella.model.Capability.REALTIME;
import static io.lamella.model.Capability.XEN;
import static io.lamella.model.Requirement.controller;
import static io.lamella.model.Requirement.cpu;
import static io.lamella.model.Requirement.device;
import static io.lamella.model.Requirement.option;
import static io.lamella.model.Requirement.tool;

import java.util.List;
import java.util.stream.Stream;

/**
 * What each capability needs: the one table behind {@code lamella node check}, the kernel fragments of
 * {@code yocto/meta-lamella} and the page {@code docs/requirements.md}, which a test compares with it. After a change,
 * {@code yocto/generate} writes them anew.
 */
public final class Requirements {
    private static final String X86 = Requirement.X86;

    private Requirements() {}

    /** All of them, by capability in the order of {@link Capability}. */
    public static List<Requirement> all() {
        return Stream.of(lxc(), kvm(), xen(), network(), checkpoint(), isolation(), realtime(), bench())
                .flatMap(List::stream)
                .toList();
    }

    private static List<Requirement> lxc() {
        return List.of(
                option(LXC, "NAMESPACES", "any namespace"),
                option(LXC, "UTS_NS", "host names of their own"),
                option(LXC, "IPC_NS", "message queues and shared memory of their own"),
                option(LXC, "PID_NS", "process numbers of their own"),
                option(LXC, "NET_NS", "network devices of their own"),
                option(LXC, "USER_NS", "root in a container that is nobody outside"),
                option(LXC, "SECCOMP", "system call filters"),
                option(LXC, "SECCOMP_FILTER", "system call filters"),
                option(LXC, "CGROUPS", "limits"),
                option(LXC, "CGROUP_SCHED", "CPU weights"),
                option(LXC, "FAIR_GROUP_SCHED", "CPU weights"),
                option(LXC, "CFS_BANDWIDTH", "CPU limits"),
                option(LXC, "CPUSETS", "a slice's own cores"),
                option(LXC, "MEMCG", "memory limits"),
                option(LXC, "CGROUP_PIDS", "limits for processes"),
                option(LXC, "CGROUP_FREEZER", "freezing on cgroup v1"),
                option(LXC, "CGROUP_DEVICE", "device rules on cgroup v1"),
                option(LXC, "BPF_SYSCALL", "device rules on cgroup v2"),
                option(LXC, "CGROUP_BPF", "device rules on cgroup v2"),
                option(LXC, "OVERLAY_FS", "one image under many instances").module("overlay"),
                option(LXC, "TMPFS", "/dev and /run of instances"),
                option(LXC, "UNIX98_PTYS", "consoles"),
                option(LXC, "POSIX_MQUEUE", "/dev/mqueue of instances"),
                option(LXC, "EPOLL", "LXC itself"),
                option(LXC, "SIGNALFD", "LXC itself"),
                option(LXC, "EVENTFD", "the daemon's own waiting"),
                option(LXC, "INOTIFY_USER", "init systems within instances"),
                option(LXC, "FHANDLE", "systemd within instances"),
                option(LXC, "VETH", "network interfaces of instances").module("veth"),
                option(LXC, "IKCONFIG", "this check, which then finds /proc/config.gz")
                        .module("configs")
                        .recommended(),
                option(LXC, "IKCONFIG_PROC", "this check, which then finds /proc/config.gz")
                        .recommended(),
                option(LXC, "PSI", "telling how short a slice is of CPU and memory")
                        .recommended(),
                controller(LXC, "cpu", "CPU weights and limits"),
                controller(LXC, "cpuset", "a slice's own cores"),
                controller(LXC, "memory", "memory limits"),
                controller(LXC, "pids", "limits for processes"),
                tool(LXC, "lxc-start", "lxc", "lxc", "starting containers"),
                tool(LXC, "lxc-attach", "lxc", "lxc", "commands in containers"),
                tool(LXC, "ip", "iproute2", "iproute2", "network devices"),
                tool(LXC, "setpriv", "util-linux", "util-linux-setpriv", "giving up privileges"));
    }

    private static List<Requirement> kvm() {
        return List.of(
                option(KVM, "VIRTUALIZATION", "KVM, which is offered only with it"),
                option(KVM, "KVM", "virtual machines at the processor's own speed")
                        .module("kvm"),
                option(KVM, "KVM_INTEL", "Intel's and AMD's way of it")
                        .or("KVM_AMD")
                        .on(X86)
                        .module("kvm_intel kvm_amd"),
                option(KVM, "TUN", "tap devices").module("tun"),
                option(KVM, "VHOST_NET", "network traffic without QEMU in its way")
                        .module("vhost_net")
                        .recommended(),
                option(KVM, "HUGETLBFS", "guests' memory in huge pages").recommended(),
                option(KVM, "FUSE_FS", "copying a disk's files without mounting it")
                        .module("fuse")
                        .recommended(),
                option(KVM, "BLK_DEV_INITRD", "the first program of guests that boot with this kernel"),
                option(KVM, "VIRTIO_PCI", "guests that boot with this kernel").module("virtio_pci"),
                option(KVM, "VIRTIO_BLK", "guests that boot with this kernel").module("virtio_blk"),
                option(KVM, "VIRTIO_NET", "guests that boot with this kernel").module("virtio_net"),
                option(KVM, "VIRTIO_CONSOLE", "guests that boot with this kernel")
                        .module("virtio_console"),
                option(KVM, "EXT4_FS", "the root disks of guests that boot with this kernel")
                        .module("ext4"),
                device(KVM, "/dev/kvm", "KVM; without it guests are emulated"),
                device(KVM, "/dev/net/tun", "tap devices"),
                cpu(KVM, List.of("vmx", "svm"), "running guests' instructions"),
                tool(KVM, "qemu-system-x86_64", "qemu-system-x86", "qemu-system-x86-64", "virtual machines")
                        .on(X86),
                tool(KVM, "qemu-system-aarch64", "qemu-system-arm", "qemu-system-aarch64", "virtual machines")
                        .on(Requirement.ARM64),
                tool(KVM, "qemu-img", "qemu-utils", "qemu-common", "disks"),
                tool(KVM, "mkfs.ext4", "e2fsprogs", "e2fsprogs-mke2fs", "root disks"),
                tool(KVM, "fuse2fs", "fuse2fs", "e2fsprogs", "moving an instance to another backend")
                        .recommended(),
                tool(KVM, "rsync", "rsync", "rsync", "moving an instance to another backend")
                        .recommended());
    }

    private static List<Requirement> xen() {
        return List.of(
                option(XEN, "HYPERVISOR_GUEST", "running on a hypervisor").on(X86),
                option(XEN, "PARAVIRT", "running on a hypervisor").on(X86),
                option(XEN, "XEN", "running on Xen"),
                option(XEN, "XEN_PV", "dom0 as Xen starts it").on(X86),
                option(XEN, "XEN_DOM0", "being the first domain"),
                option(XEN, "XEN_BACKEND", "devices for other domains"),
                option(XEN, "XEN_BLKDEV_BACKEND", "disks of other domains")
                        .module("xen_blkback")
                        .recommended(),
                option(XEN, "XEN_NETDEV_BACKEND", "network interfaces of other domains")
                        .module("xen_netback"),
                option(XEN, "XEN_DEV_EVTCHN", "Xen's tools").module("xen_evtchn"),
                option(XEN, "XENFS", "Xen's tools").module("xenfs"),
                option(XEN, "XEN_GNTDEV", "Xen's tools").module("xen_gntdev"),
                option(XEN, "XEN_GRANT_DEV_ALLOC", "Xen's tools").module("xen_gntalloc"),
                option(XEN, "XEN_BALLOON", "giving memory to other domains"),
                option(XEN, "XEN_SYS_HYPERVISOR", "recognizing Xen"),
                option(XEN, "HVC_XEN", "consoles"),
                device(XEN, "/proc/xen/privcmd", "Xen's tools; it is there only where Xen runs")
                        .or("/dev/xen/privcmd"),
                tool(XEN, "xl", "xen-utils", "xen-tools-xl", "domains"),
                tool(XEN, "xenstore-read", "xen-utils", "xen-tools-xenstore", "finding a domain's consoles"),
                tool(XEN, "mkfs.ext4", "e2fsprogs", "e2fsprogs-mke2fs", "root disks"));
    }

    private static List<Requirement> network() {
        return List.of(
                option(NETWORK, "NET", "any network"),
                option(NETWORK, "INET", "IP"),
                option(NETWORK, "UNIX", "talking to the switch"),
                option(NETWORK, "PACKET", "the switch's user-space datapath and DHCP clients")
                        .module("af_packet"),
                option(NETWORK, "VETH", "ports of containers").module("veth"),
                option(NETWORK, "TUN", "ports of virtual machines and the user-space datapath")
                        .module("tun"),
                option(NETWORK, "NF_CONNTRACK", "the kernel's datapath")
                        .module("nf_conntrack")
                        .recommended(),
                option(
                                NETWORK,
                                "OPENVSWITCH",
                                "the kernel's datapath; without it packets take the slower user-space one")
                        .module("openvswitch")
                        .recommended(),
                device(NETWORK, "/dev/net/tun", "ports of virtual machines and the user-space datapath"),
                tool(NETWORK, "ovs-vswitchd", "openvswitch-switch", "openvswitch", "forwarding"),
                tool(NETWORK, "ovsdb-server", "openvswitch-switch", "openvswitch", "the switch's database"),
                tool(NETWORK, "ip", "iproute2", "iproute2", "network devices"));
    }

    private static List<Requirement> checkpoint() {
        return List.of(
                option(CHECKPOINT, "CHECKPOINT_RESTORE", "all of it"),
                option(CHECKPOINT, "UNIX_DIAG", "finding sockets").module("unix_diag"),
                option(CHECKPOINT, "INET_DIAG", "finding sockets").module("inet_diag"),
                option(CHECKPOINT, "INET_TCP_DIAG", "finding sockets").module("tcp_diag"),
                option(CHECKPOINT, "INET_UDP_DIAG", "finding sockets").module("udp_diag"),
                option(CHECKPOINT, "PACKET_DIAG", "finding sockets").module("af_packet_diag"),
                option(CHECKPOINT, "NETLINK_DIAG", "finding sockets").module("netlink_diag"),
                option(CHECKPOINT, "EVENTFD", "programs that have such descriptors"),
                option(CHECKPOINT, "EPOLL", "programs that have such descriptors"),
                option(CHECKPOINT, "SIGNALFD", "programs that have such descriptors"),
                option(CHECKPOINT, "TIMERFD", "programs that have such descriptors"),
                option(CHECKPOINT, "INOTIFY_USER", "programs that have such descriptors"),
                option(CHECKPOINT, "FHANDLE", "programs that have such descriptors"),
                option(CHECKPOINT, "MEM_SOFT_DIRTY", "copying only what changed since")
                        .on(X86)
                        .recommended(),
                option(CHECKPOINT, "USERFAULTFD", "restoring memory when it is first touched")
                        .recommended(),
                tool(CHECKPOINT, "criu", "criu", "criu", "containers"),
                tool(CHECKPOINT, "dmtcp_launch", "dmtcp", "", "single programs, without the kernel's help")
                        .recommended());
    }

    private static List<Requirement> isolation() {
        return List.of(
                option(ISOLATION, "SMP", "more than one CPU"),
                option(ISOLATION, "HIGH_RES_TIMERS", "timers without a tick"),
                option(ISOLATION, "NO_HZ_FULL", "no tick where one task runs (nohz_full=)"),
                option(ISOLATION, "CPU_ISOLATION", "keeping the kernel's own work away (isolcpus=)"),
                option(ISOLATION, "RCU_NOCB_CPU", "RCU callbacks on other CPUs (rcu_nocbs=)"),
                option(ISOLATION, "CGROUPS", "control groups"),
                option(ISOLATION, "CPUSETS", "moving everybody else away"),
                option(ISOLATION, "CPU_IDLE", "a limit for how deep a CPU sleeps")
                        .recommended(),
                controller(ISOLATION, "cpuset", "moving everybody else away"),
                cpu(ISOLATION, List.of("constant_tsc"), "a clock that needs no tick")
                        .recommended());
    }

    private static List<Requirement> realtime() {
        return List.of(
                option(REALTIME, "EXPERT", "PREEMPT_RT, which is offered only with it"),
                option(REALTIME, "PREEMPT_RT", "interrupts and locks that a task can get ahead of"),
                option(REALTIME, "HIGH_RES_TIMERS", "timers as precise as the clock"));
    }

    private static List<Requirement> bench() {
        return List.of(
                option(BENCH, "PERF_EVENTS", "the processor's counters"),
                option(BENCH, "FTRACE", "any tracer"),
                option(BENCH, "OSNOISE_TRACER", "who takes time from a CPU"),
                option(BENCH, "TIMERLAT_TRACER", "how late timers are"),
                option(BENCH, "HWLAT_TRACER", "what the firmware takes").recommended(),
                tool(BENCH, "cyclictest", "rt-tests", "rt-tests", "latency"),
                tool(BENCH, "hackbench", "rt-tests", "rt-tests", "load of the scheduler"),
                tool(BENCH, "stress-ng", "stress-ng", "stress-ng", "load of everything else"),
                tool(BENCH, "iperf3", "iperf3", "iperf3", "throughput of networks"),
                tool(BENCH, "fio", "fio", "fio", "throughput of disks"));
    }
}
