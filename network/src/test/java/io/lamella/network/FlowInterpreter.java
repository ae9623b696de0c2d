package io.lamella.network;

import io.lamella.openflow.Action;
import io.lamella.openflow.FlowEntry;
import io.lamella.openflow.FlowMod;
import io.lamella.openflow.Instruction;
import io.lamella.openflow.Oxm;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Carries out flow entries as the OpenFlow specification 1.3.5 section 5 says, knowing nothing of their meaning. */
final class FlowInterpreter {
    final Map<FlowEntry.Key, FlowEntry> entries = new HashMap<>();

    FlowInterpreter(Iterable<FlowEntry> entries) {
        entries.forEach(entry -> this.entries.put(entry.key(), entry));
    }

    void apply(FlowMod mod) {
        switch (mod.command()) {
            case ADD -> entries.put(mod.entry().key(), mod.entry());
            case DELETE_STRICT -> entries.remove(mod.entry().key());
            default -> throw new IllegalArgumentException(mod.toString());
        }
    }

    /** The ports that get the frame. */
    Set<Integer> outputs(Frame frame) {
        Set<Integer> outputs = new TreeSet<>();
        long metadata = 0;
        int table = 0;
        while (table >= 0) {
            FlowEntry entry = best(table, metadata, frame);
            table = -1;
            if (entry == null) {
                break;
            }
            for (Instruction instruction : entry.instructions()) {
                switch (instruction) {
                    case Instruction.WriteMetadata w -> metadata = metadata & ~w.mask() | w.value() & w.mask();
                    case Instruction.GotoTable g -> table = g.table();
                    case Instruction.ApplyActions a ->
                        a.actions().forEach(action -> {
                            int port = ((Action.Output) action).port();
                            if (port != frame.inPort()) {
                                outputs.add(port);
                            }
                        });
                    default -> throw new IllegalArgumentException(instruction.toString());
                }
            }
        }
        return outputs;
    }

    private @Nullable FlowEntry best(int table, long metadata, Frame frame) {
        @Nullable FlowEntry best = null;
        for (FlowEntry entry : entries.values()) {
            if (entry.table() == table
                    && entry.match().fields().stream().allMatch(f -> holds((Oxm.Field) f, metadata, frame))) {
                if (best != null && best.priority() == entry.priority()) {
                    throw new AssertionError("ambiguous: " + best + " and " + entry);
                }
                if (best == null || best.priority() < entry.priority()) {
                    best = entry;
                }
            }
        }
        return best;
    }

    private static boolean holds(Oxm.Field f, long metadata, Frame frame) {
        boolean arp = frame.etherType() == 0x806;
        long value = switch (f.field()) {
            case IN_PORT -> frame.inPort();
            case METADATA -> metadata;
            case ETH_DST -> frame.destination();
            case ETH_SRC -> frame.source();
            case ETH_TYPE -> frame.etherType();
            case VLAN_VID -> frame.vlan() < 0 ? 0 : 0x1000 | frame.vlan();
            case IPV4_SRC -> frame.etherType() == 0x800 ? frame.ipSource() : -1;
            case ARP_OP -> arp ? frame.arpOperation() : -1;
            case ARP_SHA -> arp ? frame.arpSenderMac() : -1;
            case ARP_SPA -> arp ? frame.arpSender() : -1;
            case ARP_TPA -> arp ? frame.arpTarget() : -1;
            default -> throw new IllegalArgumentException(f.toString());
        };
        return value != -1 && (value & f.maskLow()) == (f.low() & f.maskLow());
    }
}
