package io.lamella.guest;

import io.lamella.compute.Session;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** A command that the agent runs in a virtual machine. */
public final class AgentSession implements Session {
    /** What becomes of a command whose machine ends, as if it had got SIGKILL. */
    private static final int LOST = 137;

    private static final int BUFFER = 1 << 18;

    private final Wires wires;
    private final OutputStream input;
    private final PipedInputStream output = new PipedInputStream(BUFFER);
    private final PipedInputStream error = new PipedInputStream(BUFFER);
    private final CompletableFuture<Integer> exit = new CompletableFuture<>();
    private final boolean terminal;

    /** The command's channels: of a terminal the first alone, which goes both ways. */
    public interface Wires extends AutoCloseable {
        OutputStream in();

        InputStream out();

        InputStream err();

        /** Asks the agent to end the command. */
        void kill();

        /** Takes the channels away; called once the command has ended, or is not wanted any more. Any thread. */
        @Override
        void close();
    }

    /**
     * @param id the one that the channels' names have
     * @param columns the terminal's size, where there is a terminal
     */
    public AgentSession(String id, Wires wires, boolean terminal, int columns, int rows) {
        this.wires = wires;
        this.terminal = terminal;
        this.input = terminal ? new Telnet.Typed(wires.in()) : new Pieces(wires.in());
        if (terminal) {
            resize(columns > 0 ? columns : 80, rows > 0 ? rows : 24);
            pump(new Telnet.Shown(new BufferedInputStream(wires.out(), BUFFER)), id, output, true);
            closeQuietly(error);
        } else {
            pump(wires.out(), id, output, true);
            pump(wires.err(), id, error, false);
        }
    }

    /** Copies in the background, so that the end is seen also where nobody reads. */
    private void pump(InputStream from, String id, PipedInputStream to, boolean decides) {
        PipedOutputStream sink = new PipedOutputStream();
        try {
            sink.connect(to);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        Thread.ofVirtual().name("session-" + id).start(() -> {
            OptionalInt code = OptionalInt.empty();
            try (sink) {
                code = new Marked(id, sink).copy(from);
            } catch (IOException e) {
                closeQuietly(from); // the machine has ended, or the session was closed
            }
            if (decides) {
                exit.complete(code.orElse(LOST));
            }
        });
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
        return terminal ? InputStream.nullInputStream() : error;
    }

    @Override
    public void resize(int columns, int rows) {
        if (terminal) {
            try {
                wires.in().write(Telnet.size(columns, rows));
                wires.in().flush();
            } catch (IOException e) {
                exit.complete(LOST);
            }
        }
    }

    @Override
    public int await() throws InterruptedException {
        try {
            return exit.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        if (!exit.isDone()) {
            wires.kill();
        }
        exit.complete(LOST);
        wires.close();
    }

    private static void closeQuietly(InputStream stream) {
        try {
            stream.close();
        } catch (IOException e) {
            return; // nothing is lost
        }
    }
}
