package io.lamella.backend.xen;

import io.lamella.compute.Session;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CountDownLatch;

/**
 * A domain's console: what is typed goes to its terminal, and what it prints is read where it is logged, since a
 * terminal has one reader. Any number may watch at a time.
 */
final class ConsoleSession implements Session {
    private static final long PAUSE_MILLIS = 20;

    private final Path terminal;
    private final OutputStream input;
    private final FileChannel log;
    private final CountDownLatch ended = new CountDownLatch(1);

    /**
     * @param terminal the device that xenconsoled made for the domain; gone with it
     * @param log what the domain prints
     */
    ConsoleSession(Path terminal, Path log) throws IOException {
        this.terminal = terminal;
        this.input = Files.newOutputStream(terminal, StandardOpenOption.WRITE);
        try {
            this.log = FileChannel.open(log, StandardOpenOption.READ);
            this.log.position(this.log.size());
        } catch (IOException e) {
            input.close();
            throw e;
        }
    }

    @Override
    public OutputStream input() {
        return input;
    }

    @Override
    public InputStream output() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 255;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                while (true) {
                    if (log.position() > log.size()) {
                        log.position(0); // it was cut
                    }
                    int count = log.read(ByteBuffer.wrap(target, offset, length));
                    if (count >= 0) {
                        return count;
                    }
                    if (ended.getCount() == 0 || !Files.exists(terminal)) {
                        ended.countDown();
                        return -1;
                    }
                    pause();
                }
            }
        };
    }

    private static void pause() throws InterruptedIOException {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
    }

    @Override
    public InputStream error() {
        return InputStream.nullInputStream();
    }

    /** A console has no size. */
    @Override
    public void resize(int columns, int rows) {}

    @Override
    public int await() throws InterruptedException {
        ended.await();
        return 0;
    }

    @Override
    public void close() {
        ended.countDown();
        try (log) {
            input.close();
        } catch (IOException e) {
            return; // it is gone either way
        }
    }
}
