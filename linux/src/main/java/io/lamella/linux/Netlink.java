package io.lamella.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A socket of rtnetlink(7), used by one thread. */
final class Netlink implements AutoCloseable {
    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW = 3;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int NETLINK_ROUTE = 0;
    private static final int SOL_NETLINK = 270;
    private static final int NETLINK_CAP_ACK = 10;
    private static final int NETLINK_EXT_ACK = 11;
    private static final int NLMSGERR_ATTR_MSG = 1;
    private static final int BUFFER = 64 * 1024;

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment buffer = arena.allocate(BUFFER);
    private final int fd;
    private int sequence;

    Netlink() {
        fd = Libc.SOCKET.demand("netlink socket", AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
        MemorySegment on = arena.allocateFrom(ValueLayout.JAVA_INT, 1);
        Libc.SETSOCKOPT.invoke(fd, SOL_NETLINK, NETLINK_CAP_ACK, on.address(), on.byteSize());
        Libc.SETSOCKOPT.invoke(fd, SOL_NETLINK, NETLINK_EXT_ACK, on.address(), on.byteSize());
    }

    int fd() {
        return fd;
    }

    /** Sends a request that carries NLM_F_ACK and waits for its acknowledgement; {@code what} begins the message. */
    void execute(String what, NetlinkMessage.Writer request) {
        send(what, request);
        while (true) {
            for (NetlinkMessage message : receive(what)) {
                if (message.type() == NetlinkMessage.NLMSG_ERROR) {
                    check(what, message);
                    return;
                }
            }
        }
    }

    /** Sends a request that carries NLM_F_DUMP; what it lists, or nothing where the list changed under way. */
    Optional<List<NetlinkMessage>> dump(String what, NetlinkMessage.Writer request) {
        send(what, request);
        List<NetlinkMessage> found = new ArrayList<>();
        boolean consistent = true;
        while (true) {
            for (NetlinkMessage message : receive(what)) {
                consistent &= (message.flags() & NetlinkMessage.NLM_F_DUMP_INTR) == 0;
                switch (message.type()) {
                    case NetlinkMessage.NLMSG_ERROR -> check(what, message);
                    case NetlinkMessage.NLMSG_DONE -> {
                        return consistent ? Optional.of(found) : Optional.empty();
                    }
                    default -> found.add(message);
                }
            }
        }
    }

    private void send(String what, NetlinkMessage.Writer request) {
        ByteBuffer message = request.finish(++sequence);
        buffer.asByteBuffer().put(message.duplicate());
        Libc.SEND.demand(what, fd, buffer.address(), message.limit(), 0);
    }

    /** The messages of the next datagram that answer the latest request. */
    private List<NetlinkMessage> receive(String what) {
        int length;
        do {
            length = Libc.RECV.invoke(fd, buffer.address(), BUFFER, 0);
        } while (length == -Errno.EINTR);
        Libc.checked(what, length);
        ByteBuffer datagram = ByteBuffer.allocate(length);
        datagram.put(buffer.asSlice(0, length).asByteBuffer()).flip();
        return NetlinkMessage.parse(datagram).stream()
                .filter(message -> message.sequence() == sequence)
                .toList();
    }

    private static void check(String what, NetlinkMessage message) {
        int errno = -message.number();
        if (errno == 0) {
            return;
        }
        Map<Integer, ByteBuffer> details = message.attributes(4 + NetlinkMessage.HEADER);
        ByteBuffer explanation = details.get(NLMSGERR_ATTR_MSG);
        throw explanation == null
                ? new LinuxException(what, errno)
                : new LinuxException(
                        what, errno, Libc.description(errno) + " (" + NetlinkMessage.text(explanation) + ")");
    }

    @Override
    public void close() {
        Libc.close(fd);
        arena.close();
    }
}
