package io.lamella.linux;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A pseudoterminal (pty(7)), seen from the master's side. One thread of its own waits for the terminal's output, so that
 * virtual threads may read and write without holding on to their carriers.
 */
public final class Pty implements AutoCloseable {
    private static final int TIOCSPTLCK = 0x40045431;
    private static final int TIOCGPTN = 0x80045430;
    private static final int TIOCSWINSZ = 0x5414;
    private static final int TCGETS = 0x5401;
    private static final int TERMIOS_SIZE = 60;
    private static final int LOCAL_FLAGS = 12;
    private static final int ICANON = 2;
    private static final int CHUNK = 4096;
    private static final int CHUNKS_AHEAD = 16;
    private static final long FULL_PAUSE_MILLIS = 5;
    private static final byte[] END = {};

    private final int fd;
    private final Path slave;
    private final EventFd wakeup = new EventFd();
    private final BlockingQueue<byte[]> chunks = new ArrayBlockingQueue<>(CHUNKS_AHEAD);
    private final Reader reader = new Reader();
    private final Writer writer = new Writer();
    private final Thread pump;
    /** Held while the descriptor is used, so that it is not closed, and its number not given away, meanwhile. */
    private final ReentrantLock use = new ReentrantLock();

    private volatile boolean closed;

    private Pty(int fd, Path slave) {
        this.fd = fd;
        this.slave = slave;
        this.pump = Thread.ofPlatform().daemon().name("pty " + slave).unstarted(this::pump);
    }

    /** Makes a terminal of the given size in characters. */
    public static Pty open(int columns, int rows) {
        try (Arena arena = Arena.ofConfined()) {
            String what = "opening a pseudoterminal";
            int flags = Libc.O_RDWR | Libc.O_NOCTTY | Libc.O_NONBLOCK | Libc.O_CLOEXEC;
            int fd = Libc.OPEN.demand(what, Libc.string(arena, "/dev/ptmx"), flags);
            try {
                MemorySegment number = arena.allocate(ValueLayout.JAVA_INT);
                Libc.IOCTL.demand(what, fd, TIOCSPTLCK, number.address());
                Libc.IOCTL.demand(what, fd, TIOCGPTN, number.address());
                Pty pty = new Pty(fd, Path.of("/dev/pts", Integer.toString(number.get(ValueLayout.JAVA_INT, 0))));
                pty.resize(columns, rows);
                pty.pump.start();
                return pty;
            } catch (LinuxException e) {
                Libc.close(fd);
                throw e;
            }
        }
    }

    /**
     * The terminal's device. A program should open it itself, as {@link #start} does: were the JVM to open it, it could
     * become the JVM's own controlling terminal.
     */
    public Path slave() {
        return slave;
    }

    /**
     * What programs write to the terminal. It ends when the last of them has closed it; a terminal that nobody has
     * opened yet has not ended.
     */
    public InputStream reader() {
        return reader;
    }

    /** What programs read from the terminal: keystrokes. Waits while they do not take them. */
    public OutputStream writer() {
        return writer;
    }

    /** Tells the terminal its size in characters, 0 to 65535; the programs on it get SIGWINCH. */
    public void resize(int columns, int rows) {
        if (columns < 0 || columns > 0xffff || rows < 0 || rows > 0xffff) {
            throw new LinuxException("terminal of " + columns + " columns and " + rows + " rows", Errno.EINVAL);
        }
        use.lock();
        try (Arena arena = Arena.ofConfined()) {
            if (!closed) {
                MemorySegment size =
                        arena.allocateFrom(ValueLayout.JAVA_SHORT, (short) rows, (short) columns, (short) 0, (short) 0);
                Libc.IOCTL.demand("resizing " + slave, fd, TIOCSWINSZ, size.address());
            }
        } finally {
            use.unlock();
        }
    }

    /**
     * Whether it still gathers keystrokes to lines, as a new terminal does (termios(3), ICANON). A program that takes
     * keystrokes one by one ends that, and often throws away what was typed before.
     */
    public boolean gathersLines() {
        use.lock();
        try (Arena arena = Arena.ofConfined()) {
            if (closed) {
                return false;
            }
            MemorySegment termios = arena.allocate(TERMIOS_SIZE, 8);
            Libc.IOCTL.demand("asking " + slave, fd, TCGETS, termios.address());
            return (termios.get(ValueLayout.JAVA_INT, LOCAL_FLAGS) & ICANON) != 0;
        } finally {
            use.unlock();
        }
    }

    /**
     * Starts a program in a session of its own, with this as its controlling terminal and its standard input, output and
     * error.
     *
     * @param environment added to the daemon's own
     */
    public Process start(List<String> command, Map<String, String> environment) throws IOException {
        List<String> inSession =
                new ArrayList<>(List.of("setsid", "sh", "-c", "exec \"$@\" <>\"$0\" >&0 2>&0", slave.toString()));
        inSession.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(inSession);
        builder.environment().putAll(environment);
        return builder.redirectInput(new File("/dev/null"))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** Hangs the terminal up: the programs on it get SIGHUP, the reader ends. May be repeated. */
    @Override
    public void close() {
        use.lock();
        try {
            if (!closed) {
                closed = true;
                wakeup.wake();
            }
        } finally {
            use.unlock();
        }
        pump.interrupt();
    }

    private void pump() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(CHUNK);
            while (!closed) {
                EventFd.poll(fd, wakeup.fd());
                int count = Libc.READ.invoke(fd, buffer.address(), CHUNK);
                if (count > 0) {
                    chunks.put(buffer.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE));
                } else if (count != -Errno.EAGAIN && count != -Errno.EINTR) {
                    break; // EIO: the last program has closed the terminal
                }
            }
            chunks.put(END);
        } catch (InterruptedException e) {
            // closed while nobody reads: nobody wants what is left
            chunks.clear();
            chunks.add(END);
        } finally {
            release();
        }
    }

    private void release() {
        use.lock();
        try {
            closed = true;
            Libc.close(fd);
            wakeup.close();
        } finally {
            use.unlock();
        }
    }

    private final class Reader extends InputStream {
        private byte[] chunk = {0};
        private int position = 1;

        @Override
        public int read() throws IOException {
            return more() ? Byte.toUnsignedInt(chunk[position++]) : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, target.length);
            if (length == 0) {
                return 0;
            }
            if (!more()) {
                return -1;
            }
            int count = Math.min(length, chunk.length - position);
            System.arraycopy(chunk, position, target, offset, count);
            position += count;
            return count;
        }

        @Override
        public int available() {
            return chunk.length - position;
        }

        private boolean more() throws IOException {
            if (position == chunk.length && chunk.length > 0) {
                try {
                    chunk = chunks.take();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new InterruptedIOException("reading " + slave);
                }
                position = 0;
            }
            return chunk.length > 0;
        }
    }

    private final class Writer extends OutputStream {
        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, source.length);
            int written = 0;
            while (written < length) {
                int count = attempt(source, offset + written, Math.min(CHUNK, length - written));
                if (count > 0) {
                    written += count;
                } else {
                    pause();
                }
            }
        }

        /** Writes what the terminal takes now; 0 where that is nothing. */
        private int attempt(byte[] source, int offset, int length) throws IOException {
            use.lock();
            try (Arena arena = Arena.ofConfined()) {
                if (closed) {
                    throw new IOException(slave + " is closed");
                }
                MemorySegment bytes = arena.allocate(length);
                MemorySegment.copy(source, offset, bytes, ValueLayout.JAVA_BYTE, 0, length);
                int count = Libc.WRITE.invoke(fd, bytes.address(), length);
                if (count < 0 && count != -Errno.EAGAIN && count != -Errno.EINTR) {
                    throw new IOException(slave + ": " + Libc.description(-count));
                }
                return Math.max(0, count);
            } finally {
                use.unlock();
            }
        }

        private void pause() throws IOException {
            try {
                Thread.sleep(FULL_PAUSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("writing to " + slave);
            }
        }
    }
}
