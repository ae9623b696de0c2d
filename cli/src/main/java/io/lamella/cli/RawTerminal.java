package io.lamella.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import sun.misc.Signal;

/**
 * This terminal in raw mode, by stty(1) on standard input, so that every key goes to the instance. Closing it, or the
 * end of the process, brings the old settings back.
 */
final class RawTerminal implements AutoCloseable {
    private final String saved;
    private final AtomicBoolean restored = new AtomicBoolean();
    private final Thread hook = new Thread(this::restore, "restore terminal");

    private RawTerminal(String saved) {
        this.saved = saved;
    }

    static RawTerminal enter() throws IOException {
        RawTerminal terminal = new RawTerminal(stty("-g").strip());
        Runtime.getRuntime().addShutdownHook(terminal.hook);
        stty("raw", "-echo");
        return terminal;
    }

    /** A size in characters. */
    record Size(int columns, int rows) {}

    /** The size now; 80 x 24 where the terminal does not tell. */
    static Size size() {
        try {
            String text = stty("size").strip(); // rows, then columns
            int space = text.indexOf(' ');
            int rows = Integer.parseInt(text.substring(0, Math.max(space, 0)));
            int columns = Integer.parseInt(text.substring(space + 1));
            return rows > 0 && columns > 0 ? new Size(columns, rows) : new Size(80, 24);
        } catch (IOException | NumberFormatException e) {
            return new Size(80, 24);
        }
    }

    /** Tells every change of size, on a thread of its own. */
    static void onResize(BiConsumer<Integer, Integer> listener) {
        Signal.handle(new Signal("WINCH"), signal -> {
            Size size = size();
            listener.accept(size.columns(), size.rows());
        });
    }

    private static String stty(String... arguments) throws IOException {
        String[] command = new String[arguments.length + 1];
        command[0] = "stty";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        Process process = new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.INHERIT)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException("stty cannot change standard input: is it a terminal?");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        return text;
    }

    private void restore() {
        if (restored.compareAndSet(false, true)) {
            try {
                stty(saved);
            } catch (IOException e) {
                // the terminal has gone
            }
        }
    }

    @Override
    public void close() {
        restore();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // the process is ending, the hook has run
        }
    }
}
