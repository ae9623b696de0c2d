package io.lamella.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The network devices of the JVM's own network namespace, through rtnetlink(7) and SIOCETHTOOL. Any thread may call;
 * every call opens a socket of its own. Needs CAP_NET_ADMIN for whatever changes something.
 */
public final class Links {
    private static final int RTM_NEWLINK = 16;
    private static final int RTM_DELLINK = 17;
    private static final int RTM_GETLINK = 18;
    private static final int RTM_SETLINK = 19;
    private static final int IFINFOMSG = 16;
    private static final int IFF_UP = 1;
    private static final int IFF_PROMISC = 0x100;
    private static final int IFLA_ADDRESS = 1;
    private static final int IFLA_IFNAME = 3;
    private static final int IFLA_MTU = 4;
    private static final int IFLA_LINKINFO = 18;
    private static final int IFLA_INFO_KIND = 1;
    private static final int IFLA_INFO_DATA = 2;
    private static final int IFLA_NET_NS_PID = 19;
    private static final int VETH_INFO_PEER = 1;

    private static final Path TUN = Path.of("/dev/net/tun");
    private static final int IFF_TAP = 2;
    private static final int IFF_NO_PI = 0x1000;
    private static final int IFF_VNET_HDR = 0x4000;
    private static final int TUNSETIFF = 0x400454ca;
    private static final int TUNSETPERSIST = 0x400454cb;
    private static final int TUNSETOWNER = 0x400454cc;

    private static final int SIOCETHTOOL = 0x8946;
    private static final int ETHTOOL_STXCSUM = 0x17;
    private static final int IFREQ = 40;
    private static final int IFNAMSIZ = 16;

    private Links() {}

    /**
     * Makes a pair of veth(4) devices. The host end {@code name} is up and without IPv6, so that the node sends nothing
     * of its own into the switch; the other end stays down for the instance to take.
     *
     * @param peerMac the 48 bits of the other end's address, the first octet highest
     * @throws LinuxException EEXIST where one of the names is taken; nothing is left behind
     */
    public static void createVeth(String name, String peer, long peerMac) {
        checkName(name);
        checkName(peer);
        byte[] mac = new byte[6];
        for (int i = 0; i < mac.length; i++) {
            mac[i] = (byte) (peerMac >>> (8 * (5 - i)));
        }
        var request = new NetlinkMessage.Writer(
                RTM_NEWLINK,
                NetlinkMessage.NLM_F_REQUEST
                        | NetlinkMessage.NLM_F_ACK
                        | NetlinkMessage.NLM_F_CREATE
                        | NetlinkMessage.NLM_F_EXCL);
        request.link(0, 0, 0).attribute(IFLA_IFNAME, name);
        int info = request.begin(IFLA_LINKINFO);
        request.attribute(IFLA_INFO_KIND, "veth");
        int data = request.begin(IFLA_INFO_DATA);
        int other = request.begin(VETH_INFO_PEER);
        request.link(0, 0, 0).attribute(IFLA_IFNAME, peer).attribute(IFLA_ADDRESS, mac);
        request.end(other).end(data).end(info);
        execute("creation of the device pair " + name + " and " + peer, request);
        try {
            disableIpv6(name);
            setUp(name);
        } catch (LinuxException e) {
            delete(name);
            throw e;
        }
    }

    /**
     * Makes a tap device (kernel document networking/tuntap) that stays until it is deleted. One that exists gets the
     * owner.
     *
     * @param owner the user who may open it without privileges
     * @throws LinuxException EINVAL where a device of another kind has the name, EBUSY where the tap is open already
     */
    public static void createTap(String name, long owner) {
        byte[] bytes = checkName(name);
        String what = "creation of the tap device " + name;
        // The kernel's own advice, which udev follows: a tap can be attached to by its owner and by nobody else anyway.
        Inodes.chmod(TUN, 0666);
        try (Arena arena = Arena.ofConfined()) {
            int fd = Libc.OPEN.demand(what, Libc.path(arena, TUN), Libc.O_RDWR | Libc.O_CLOEXEC);
            try {
                MemorySegment request = arena.allocate(IFREQ, 8);
                MemorySegment.copy(bytes, 0, request, ValueLayout.JAVA_BYTE, 0, bytes.length);
                request.set(ValueLayout.JAVA_SHORT, IFNAMSIZ, (short) (IFF_TAP | IFF_NO_PI | IFF_VNET_HDR));
                Libc.IOCTL.demand(what, fd, TUNSETIFF, request.address());
                Libc.IOCTL.demand(what, fd, TUNSETOWNER, owner);
                Libc.IOCTL.demand(what, fd, TUNSETPERSIST, 1);
            } finally {
                Libc.close(fd);
            }
        }
    }

    /** Whether there is a tap device of this name. */
    public static boolean isTap(String name) {
        checkName(name);
        return Files.exists(Path.of("/sys/class/net", name, "tun_flags"));
    }

    public static boolean exists(String name) {
        return find(name) > 0;
    }

    /** The kernel's number of the device; ENODEV where there is none. */
    public static int index(String name) {
        int index = find(name);
        if (index == 0) {
            throw new LinuxException("network device " + name, Errno.ENODEV);
        }
        return index;
    }

    /** Deletes the device, and its pair with it; no device of this name is fine. */
    public static void delete(String name) {
        checkName(name);
        var request = new NetlinkMessage.Writer(RTM_DELLINK, NetlinkMessage.NLM_F_REQUEST | NetlinkMessage.NLM_F_ACK);
        try {
            execute("deletion of " + name, request.link(0, 0, 0).attribute(IFLA_IFNAME, name));
        } catch (LinuxException e) {
            if (e.errno() != Errno.ENODEV) {
                throw e;
            }
        }
    }

    public static void setUp(String name) {
        execute("setting " + name + " up", change().link(index(name), IFF_UP, IFF_UP));
    }

    /** Sets it up and lets it take in frames for all addresses, as a switch's port does. */
    public static void setUpPromiscuous(String name) {
        int flags = IFF_UP | IFF_PROMISC;
        execute("setting " + name + " up", change().link(index(name), flags, flags));
    }

    /** @param mtu the largest frame's payload in octets */
    public static void setMtu(String name, int mtu) {
        execute("MTU " + mtu + " of " + name, change().link(index(name), 0, 0).attribute(IFLA_MTU, mtu));
    }

    /** Gives the device to the network namespace of a process; it comes down on the way. */
    public static void moveToNamespace(String name, int pid) {
        execute(
                "moving " + name + " to the network namespace of process " + pid,
                change().link(index(name), 0, 0).attribute(IFLA_NET_NS_PID, pid));
    }

    /** The names of all devices. */
    public static List<String> names() {
        try (Netlink netlink = new Netlink()) {
            Optional<List<NetlinkMessage>> links = Optional.empty();
            while (links.isEmpty()) {
                var request = new NetlinkMessage.Writer(
                        RTM_GETLINK, NetlinkMessage.NLM_F_REQUEST | NetlinkMessage.NLM_F_DUMP);
                links = netlink.dump("list of network devices", request.link(0, 0, 0));
            }
            List<String> names = new ArrayList<>();
            for (NetlinkMessage link : links.get()) {
                ByteBuffer name = link.attributes(IFINFOMSG).get(IFLA_IFNAME);
                if (link.type() == RTM_NEWLINK && name != null) {
                    names.add(NetlinkMessage.text(name));
                }
            }
            return names;
        }
    }

    /**
     * Makes the device's sender compute the checksums of what it sends, which also ends segmentation offload. A reader
     * of raw frames (Open vSwitch's userspace datapath) drops what comes without. Stays when the device moves to another
     * namespace.
     */
    public static void disableTxChecksum(String name) {
        byte[] bytes = checkName(name);
        try (Arena arena = Arena.ofConfined();
                Netlink socket = new Netlink()) {
            MemorySegment value = arena.allocate(8, 4);
            value.set(ValueLayout.JAVA_INT, 0, ETHTOOL_STXCSUM);
            MemorySegment request = arena.allocate(IFREQ, 8);
            MemorySegment.copy(bytes, 0, request, ValueLayout.JAVA_BYTE, 0, bytes.length);
            request.set(ValueLayout.JAVA_LONG, IFNAMSIZ, value.address());
            Libc.IOCTL.demand(
                    "disabling the transmit checksum of " + name, socket.fd(), SIOCETHTOOL, request.address());
        }
    }

    /** Ends IPv6 on the device, router solicitations and listener reports included; fine where there is no IPv6. */
    public static void disableIpv6(String name) {
        checkName(name);
        Path setting = Path.of("/proc/sys/net/ipv6/conf", name, "disable_ipv6");
        if (!Files.exists(setting)) {
            return;
        }
        try {
            Files.writeString(setting, "1");
        } catch (IOException e) {
            throw new LinuxException("disabling IPv6 on " + name, e);
        }
    }

    private static NetlinkMessage.Writer change() {
        return new NetlinkMessage.Writer(RTM_SETLINK, NetlinkMessage.NLM_F_REQUEST | NetlinkMessage.NLM_F_ACK);
    }

    private static void execute(String what, NetlinkMessage.Writer request) {
        try (Netlink netlink = new Netlink()) {
            netlink.execute(what, request);
        }
    }

    private static int find(String name) {
        checkName(name);
        try (Arena arena = Arena.ofConfined()) {
            return Math.max(0, Libc.IF_NAMETOINDEX.invoke(Libc.string(arena, name)));
        }
    }

    /** The kernel's own rule (dev_valid_name); held here too since a name becomes part of a path. */
    private static byte[] checkName(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        boolean allowed = bytes.length > 0
                && bytes.length < IFNAMSIZ
                && !name.equals(".")
                && !name.equals("..")
                && IntStream.range(0, bytes.length).allMatch(i -> bytes[i] > ' ' && bytes[i] != '/' && bytes[i] != ':');
        if (!allowed) {
            throw new LinuxException(
                    "network device \"" + name + "\"",
                    Errno.EINVAL,
                    "a name is 1 to 15 printable ASCII characters without '/' and ':'");
        }
        return bytes;
    }
}
