package io.lamella.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Wakes a thread that waits in poll(2); see eventfd(2). Any thread may wake, one thread drains. */
final class EventFd implements AutoCloseable {
    private static final int EFD_NONBLOCK = 0x800;
    private static final int EFD_CLOEXEC = 0x80000;

    private final int fd = Libc.EVENTFD.demand("eventfd", 0, EFD_NONBLOCK | EFD_CLOEXEC);

    int fd() {
        return fd;
    }

    void wake() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment one = arena.allocateFrom(ValueLayout.JAVA_LONG, 1L);
            Libc.WRITE.invoke(fd, one.address(), one.byteSize());
        }
    }

    void drain() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment count = arena.allocate(ValueLayout.JAVA_LONG);
            Libc.READ.invoke(fd, count.address(), count.byteSize());
        }
    }

    /** Waits until one of the descriptors is readable or hung up; whether each is. */
    static boolean[] poll(int... fds) {
        int size = 8; // struct pollfd: int fd; short events; short revents
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment entries = arena.allocate((long) size * fds.length, 4);
            for (int i = 0; i < fds.length; i++) {
                entries.set(ValueLayout.JAVA_INT, (long) size * i, fds[i]);
                entries.set(ValueLayout.JAVA_SHORT, (long) size * i + 4, Libc.POLLIN);
            }
            int result;
            do {
                result = Libc.POLL.invoke(entries.address(), fds.length, -1);
            } while (result == -Errno.EINTR);
            Libc.checked("poll", result);
            boolean[] ready = new boolean[fds.length];
            for (int i = 0; i < fds.length; i++) {
                ready[i] = entries.get(ValueLayout.JAVA_SHORT, (long) size * i + 6) != 0;
            }
            return ready;
        }
    }

    @Override
    public void close() {
        Libc.close(fd);
    }
}
