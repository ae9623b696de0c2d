package io.lamella.backend.lxc;

import io.lamella.compute.Session;
import io.lamella.linux.ProcessTree;
import io.lamella.linux.Pty;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** A running lxc-attach or lxc-console. */
final class LxcSession implements Session {
    private final Process process;
    private final @Nullable Pty terminal;
    private final OutputStream input;
    private final InputStream output;
    private final InputStream error;

    /** @param terminal what the process runs on, or null where it has pipes */
    LxcSession(Process process, @Nullable Pty terminal) {
        this.process = process;
        this.terminal = terminal;
        if (terminal == null) {
            this.input = process.getOutputStream();
            this.output = process.getInputStream();
            this.error = new ReadableErrors(process.getErrorStream(), "\n");
        } else {
            this.input = new Keystrokes(terminal, process);
            this.output = new ReadableErrors(terminal.reader(), "\r\n");
            this.error = InputStream.nullInputStream();
        }
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
        return error;
    }

    @Override
    public void resize(int columns, int rows) {
        if (terminal != null) {
            terminal.resize(columns, rows);
        }
    }

    @Override
    public int await() throws InterruptedException {
        return process.waitFor();
    }

    /** The command is a child of LXC's tool and would outlive it. */
    @Override
    public void close() {
        ProcessTree.kill((int) process.pid());
        if (terminal != null) {
            terminal.close();
        }
    }

    /** Keeps what is typed at once until LXC listens: it throws away what came before. */
    private static final class Keystrokes extends OutputStream {
        private static final long PATIENCE_NANOS = 5_000_000_000L;
        private static final long PAUSE_MILLIS = 2;

        private final Pty terminal;
        private final Process process;
        private boolean heard;

        Keystrokes(Pty terminal, Process process) {
            this.terminal = terminal;
            this.process = process;
        }

        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            if (!heard) {
                awaitListener();
                heard = true;
            }
            terminal.writer().write(source, offset, length);
        }

        private void awaitListener() throws IOException {
            long deadline = System.nanoTime() + PATIENCE_NANOS;
            try {
                while (terminal.gathersLines() && process.isAlive() && System.nanoTime() < deadline) {
                    Thread.sleep(PAUSE_MILLIS);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("waiting for the command");
            }
        }
    }
}
