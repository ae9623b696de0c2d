package io.lamella.openflow;

import java.util.List;

/** What a flow entry does with a frame that matches (section A.2.4). An entry without instructions drops it. */
public sealed interface Instruction {
    /** Goes on in a table with a higher number. */
    record GotoTable(int table) implements Instruction {}

    record WriteMetadata(long value, long mask) implements Instruction {}

    record WriteActions(List<Action> actions) implements Instruction {
        public WriteActions {
            actions = List.copyOf(actions);
        }
    }

    record ApplyActions(List<Action> actions) implements Instruction {
        public ApplyActions {
            actions = List.copyOf(actions);
        }
    }

    record ClearActions() implements Instruction {}

    record Meter(int meter) implements Instruction {}

    /**
     * An instruction of another type, as it came.
     *
     * @param body what follows type and length
     */
    record Raw(int type, Bytes body) implements Instruction {}
}
