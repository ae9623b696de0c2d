package io.lamella.cli;

import java.io.PrintStream;

/** Shows how far long work has come: a bar that is redrawn on a terminal, elsewhere one plain line a step. */
final class ProgressBar implements AutoCloseable {
    private static final int WIDTH = 24;
    private static final int MAX_STEP = 48;
    private static final long REDRAW_NANOS = 100_000_000;

    private final PrintStream err;
    private final boolean terminal;
    private String step = "";
    private long drawnAt;
    private boolean drawn;

    ProgressBar(Environment environment) {
        err = environment.err();
        terminal = environment.errIsTerminal();
    }

    /** @param total 0 or less where nothing can be counted */
    void show(String newStep, long done, long total) {
        boolean changed = !newStep.equals(step);
        step = newStep;
        if (!terminal) {
            if (changed) {
                err.println(Table.printable(newStep));
                err.flush();
            }
            return;
        }
        long now = System.nanoTime();
        if (changed || !drawn || now - drawnAt > REDRAW_NANOS || done == total) {
            err.print("\r" + line(newStep, done, total) + "\u001b[K");
            err.flush();
            drawnAt = now;
            drawn = true;
        }
    }

    static String line(String step, long done, long total) {
        String clean = Table.printable(step);
        String words = clean.length() <= MAX_STEP ? clean : clean.substring(0, MAX_STEP - 3) + "...";
        if (total <= 0) {
            return done <= 0 ? words : words + "  " + amount(done);
        }
        double part = Math.clamp((double) done / total, 0, 1);
        int full = (int) (part * WIDTH);
        return words + "  [" + "#".repeat(full) + " ".repeat(WIDTH - full) + "] " + (int) (part * 100) + " %";
    }

    /** Large counts are bytes. */
    private static String amount(long n) {
        return n < 1 << 20 ? Long.toString(n) : (n >> 20) + " MiB";
    }

    /** Leaves an empty line for what comes next. */
    @Override
    public void close() {
        if (drawn) {
            err.print("\r\u001b[K");
            err.flush();
        }
    }
}
