package io.lamella.openflow;

import java.util.List;

/**
 * An entry of a flow table.
 *
 * @param table 0 to 254
 * @param priority 0 to 65535; the highest that matches wins
 * @param cookie chosen by whoever adds the entry
 */
public record FlowEntry(int table, int priority, long cookie, Match match, List<Instruction> instructions) {
    public FlowEntry {
        instructions = List.copyOf(instructions);
    }

    /** What a switch tells entries apart by. */
    public record Key(int table, int priority, Match match) {}

    public Key key() {
        return new Key(table, priority, match);
    }
}
