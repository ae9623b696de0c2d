package io.lamella.linux;

import java.util.Optional;

/**
 * What proc_pid_stat(5) says of a process.
 *
 * @param state field 3
 * @param startTime field 22, in clock ticks since boot
 */
record ProcessStat(char state, long startTime) {
    private static final int STATE = 3;
    private static final int START_TIME = 22;

    boolean running() {
        return state != 'Z' && state != 'X';
    }

    /** Whether a signal or a tracer holds it. */
    boolean halted() {
        return state == 'T' || state == 't';
    }

    /** Field 2 is the program's name in parentheses and may hold spaces, parentheses and newlines of its own. */
    static Optional<ProcessStat> parse(String stat) {
        int nameEnd = stat.lastIndexOf(')');
        if (nameEnd < 0 || nameEnd + 2 > stat.length()) {
            return Optional.empty();
        }
        String[] fields = stat.substring(nameEnd + 2).split(" ", -1);
        if (fields.length <= START_TIME - STATE || fields[0].length() != 1) {
            return Optional.empty();
        }
        try {
            return Optional.of(new ProcessStat(fields[0].charAt(0), Long.parseLong(fields[START_TIME - STATE])));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
