package io.lamella.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The functions of the C library that this room calls. All of them take at most six integers or addresses and answer an
 * int (or a count that fits one), so all share one linked call of six registers: linking is what costs CPU time when a
 * JVM starts, and the calling conventions of x86_64 (System V) and aarch64 (AAPCS64) both let a function ignore the
 * registers that it has no parameter for, variadic functions included.
 */
enum Libc {
    CHMOD_AT("fchmodat"),
    CLOCK_NANOSLEEP("clock_nanosleep"),
    CLOSE("close"),
    EVENTFD("eventfd"),
    IF_NAMETOINDEX("if_nametoindex"),
    IOCTL("ioctl"),
    LCHOWN("lchown"),
    LSETXATTR("lsetxattr"),
    MKFIFO("mkfifo"),
    MLOCKALL("mlockall"),
    MOUNT("mount"),
    MOUNT_SETATTR("mount_setattr"),
    MOVE_MOUNT("move_mount"),
    OPEN("open"),
    OPEN_TREE("open_tree"),
    PIDFD_OPEN("pidfd_open"),
    PIDFD_SEND_SIGNAL("pidfd_send_signal"),
    POLL("poll"),
    READ("read"),
    RECV("recv"),
    SCHED_SETAFFINITY("sched_setaffinity"),
    SCHED_SETSCHEDULER("sched_setscheduler"),
    SEND("send"),
    SETSOCKOPT("setsockopt"),
    SOCKET("socket"),
    STATX("statx"),
    STRERROR("__xpg_strerror_r"),
    UMOUNT("umount2"),
    UTIMENS_AT("utimensat"),
    WRITE("write");

    static final int AT_FDCWD = -100;
    static final int AT_SYMLINK_NOFOLLOW = 0x100;
    static final int O_RDONLY = 0;
    static final int O_RDWR = 2;
    static final int O_NOCTTY = 0x100;
    static final int O_NONBLOCK = 0x800;
    static final int O_CLOEXEC = 0x80000;
    static final short POLLIN = 1;

    private static final int REGISTERS = 6;

    /** The encoding in which the JVM hands file names to the kernel. */
    private static final Charset FILE_NAMES =
            Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"), Charset.defaultCharset());

    private final String symbol;
    private volatile @Nullable MemorySegment address;

    Libc(String symbol) {
        this.symbol = symbol;
    }

    /** Calls the function; its result, or the negated error number where it answered -1. */
    int invoke(long... arguments) {
        long[] registers = Arrays.copyOf(arguments, REGISTERS);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Linked.STATE);
            int result = (int) (long) Linked.CALL.invokeExact(
                    address(),
                    state,
                    registers[0],
                    registers[1],
                    registers[2],
                    registers[3],
                    registers[4],
                    registers[5]);
            return result == -1 ? -state.get(ValueLayout.JAVA_INT, Linked.ERRNO) : result;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** Calls the function and throws where it fails; {@code what} begins the message: "mount on /mnt". */
    int demand(String what, long... arguments) {
        return checked(what, invoke(arguments));
    }

    /** Passes on a result of {@link #invoke} and throws where it is a negated error number. */
    static int checked(String what, int result) {
        if (result < 0) {
            throw new LinuxException(what, -result);
        }
        return result;
    }

    static void close(int fd) {
        CLOSE.invoke(fd);
    }

    /** The path as the kernel takes it; valid as long as the arena. */
    static long path(Arena arena, Path path) {
        return string(arena, path.toString());
    }

    static long string(Arena arena, String text) {
        return arena.allocateFrom(ValueLayout.JAVA_BYTE, terminated(text)).address();
    }

    /** The C library's words for an error number. */
    static String description(int errno) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocate(256);
            STRERROR.invoke(errno, text.address(), text.byteSize());
            return text.getString(0);
        }
    }

    private static byte[] terminated(String text) {
        byte[] bytes = text.getBytes(FILE_NAMES);
        return Arrays.copyOf(bytes, bytes.length + 1);
    }

    private MemorySegment address() {
        MemorySegment known = address;
        if (known == null) {
            known = Linked.LINKER
                    .defaultLookup()
                    .find(symbol)
                    .orElseThrow(() ->
                            new LinuxException(symbol, Errno.ENOSYS, "the C library is too old to have this function"));
            address = known;
        }
        return known;
    }

    /** Linked when the first function is called. */
    private static final class Linked {
        static final Linker LINKER = Linker.nativeLinker();
        static final MemoryLayout STATE = Linker.Option.captureStateLayout();
        static final long ERRNO = STATE.byteOffset(MemoryLayout.PathElement.groupElement("errno"));
        static final MethodHandle CALL = LINKER.downcallHandle(
                FunctionDescriptor.of(
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_LONG),
                Linker.Option.captureCallState("errno"));

        private Linked() {}
    }
}
