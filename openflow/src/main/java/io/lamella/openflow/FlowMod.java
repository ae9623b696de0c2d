package io.lamella.openflow;

import java.util.List;

/**
 * A change of flow tables (section A.3.4.1).
 *
 * @param entry the entry to add, or the condition by which entries are found; for conditions {@code entry.table()} may
 *     be {@link Ports#ALL_TABLES}
 * @param cookieMask 0, or for modify and delete the bits of an entry's cookie that must equal {@code entry.cookie()}
 * @param idleTimeout in seconds; 0 is none
 * @param hardTimeout in seconds; 0 is none
 * @param buffer a packet buffered at the switch, or {@link Ports#NO_BUFFER}
 * @param outPort deletes only entries that output to this port; {@link Ports#ANY} for no such condition
 * @param outGroup the same for groups
 * @param flags OFPFF bits
 */
public record FlowMod(
        Command command,
        FlowEntry entry,
        long cookieMask,
        int idleTimeout,
        int hardTimeout,
        int buffer,
        int outPort,
        int outGroup,
        int flags)
        implements Message {
    /** In the order of their numbers on the wire. */
    public enum Command {
        ADD,
        MODIFY,
        MODIFY_STRICT,
        DELETE,
        DELETE_STRICT
    }

    /** Adds an entry; it takes the place of one with the same table, priority and match at once. */
    public static FlowMod add(FlowEntry entry) {
        return of(Command.ADD, entry, 0);
    }

    /** Gives the entry with the same table, priority and match new instructions. Its cookie stays. */
    public static FlowMod modifyStrict(FlowEntry entry) {
        return of(Command.MODIFY_STRICT, entry, 0);
    }

    /** Deletes the entry with this table, priority and match. */
    public static FlowMod deleteStrict(FlowEntry.Key key) {
        return of(Command.DELETE_STRICT, new FlowEntry(key.table(), key.priority(), 0, key.match(), List.of()), 0);
    }

    /**
     * Deletes all entries whose cookie equals {@code cookie} in the bits of {@code mask}.
     *
     * @param table a table or {@link Ports#ALL_TABLES}
     */
    public static FlowMod deleteByCookie(int table, long cookie, long mask) {
        return of(Command.DELETE, new FlowEntry(table, 0, cookie, Match.ANY, List.of()), mask);
    }

    private static FlowMod of(Command command, FlowEntry entry, long cookieMask) {
        return new FlowMod(command, entry, cookieMask, 0, 0, Ports.NO_BUFFER, Ports.ANY, Ports.ANY, 0);
    }
}
