package io.lamella.flowspace;

import io.lamella.model.HeaderSpace;
import io.lamella.openflow.FlowEntry;
import io.lamella.openflow.FlowMod;
import io.lamella.openflow.Instruction;
import io.lamella.openflow.Match;
import io.lamella.openflow.Message;
import io.lamella.openflow.Ports;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** An entry as a controller wrote it, and the entries of the switch that it has become. For one thread. */
final class SliceFlow {
    static final int SEND_REMOVED = 1;
    static final int CHECK_OVERLAP = 1 << 1;

    /** The cookie of this flow's entries in the switch; no other flow ever had it. */
    final long mark;

    final HeaderSpace asked;
    final HeaderSpace packets;

    /** The entries that are in the switch, or on their way, or on their way out. */
    final Set<FlowEntry.Key> parts = new LinkedHashSet<>();

    private final FlowMod mod;
    private FlowEntry entry;
    private List<Instruction> instructions;
    private boolean ended;
    private long packetCount;
    private long byteCount;

    /**
     * @param mod what the controller asked for, its match {@link Conditions#normal normal}
     * @param asked the packets that it names
     * @param packets those of them that it gets
     * @param instructions as the switch gets them
     */
    SliceFlow(long mark, FlowMod mod, HeaderSpace asked, HeaderSpace packets, List<Instruction> instructions) {
        this.mark = mark;
        this.mod = mod;
        this.asked = asked;
        this.packets = packets;
        this.instructions = instructions;
        entry = mod.entry();
    }

    FlowEntry entry() {
        return entry;
    }

    FlowMod mod() {
        return mod;
    }

    /** Gives it other instructions. @param sent as the switch gets them */
    void change(FlowEntry to, List<Instruction> sent) {
        entry = to;
        instructions = sent;
    }

    /** Whether it is no longer in any table, though the switch may not have confirmed that yet. */
    boolean ended() {
        return ended;
    }

    void end() {
        ended = true;
    }

    boolean wantsRemoved() {
        return (mod.flags() & SEND_REMOVED) != 0;
    }

    FlowEntry.Key key(Match part) {
        return new FlowEntry.Key(entry.table(), entry.priority(), part);
    }

    /** The removal of every entry is asked for, since the proxy's own books depend on it. */
    FlowMod order(FlowMod.Command command, FlowEntry.Key part) {
        boolean delete = command == FlowMod.Command.DELETE_STRICT;
        FlowEntry real =
                new FlowEntry(part.table(), part.priority(), mark, part.match(), delete ? List.of() : instructions);
        return new FlowMod(
                command,
                real,
                0,
                delete ? 0 : mod.idleTimeout(),
                delete ? 0 : mod.hardTimeout(),
                Ports.NO_BUFFER,
                Ports.ANY,
                Ports.ANY,
                delete ? 0 : mod.flags() & ~CHECK_OVERLAP | SEND_REMOVED);
    }

    void count(Message.FlowRemoved gone) {
        packetCount += gone.packets();
        byteCount += gone.bytes();
    }

    /** What of it has left the switch before the rest. */
    long packetCount() {
        return packetCount;
    }

    long byteCount() {
        return byteCount;
    }

    /** The removal as its owner is told. @param last that of its last entry */
    Message.FlowRemoved removed(Message.FlowRemoved last) {
        return new Message.FlowRemoved(
                new FlowEntry(entry.table(), entry.priority(), entry.cookie(), entry.match(), List.of()),
                last.reason(),
                last.seconds(),
                last.nanos(),
                mod.idleTimeout(),
                mod.hardTimeout(),
                packetCount,
                byteCount);
    }
}
