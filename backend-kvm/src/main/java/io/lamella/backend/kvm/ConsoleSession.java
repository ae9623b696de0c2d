package io.lamella.backend.kvm;

import io.lamella.compute.Session;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CountDownLatch;

/** A machine's serial console, as it comes and goes through its socket. */
final class ConsoleSession implements Session {
    private final SocketChannel socket;
    private final Runnable onClose;
    private final OutputStream input;
    private final InputStream output;
    private final CountDownLatch ended = new CountDownLatch(1);

    ConsoleSession(SocketChannel socket, Runnable onClose) {
        this.socket = socket;
        this.onClose = onClose;
        this.input = Channels.newOutputStream(socket);
        InputStream raw = Channels.newInputStream(socket);
        this.output = new InputStream() {
            @Override
            public int read() throws IOException {
                return noteEnd(raw.read());
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                return noteEnd(raw.read(target, offset, length));
            }

            private int noteEnd(int result) {
                if (result < 0) {
                    ended.countDown();
                }
                return result;
            }
        };
    }

    @Override
    public OutputStream input() {
        return input;
    }

    @Override
    public InputStream output() {
        return output;
    }

    @Override
    public InputStream error() {
        return InputStream.nullInputStream();
    }

    /** A serial line has no size. */
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
        try {
            socket.close();
        } catch (IOException e) {
            return; // it is gone either way
        } finally {
            onClose.run();
        }
    }
}
