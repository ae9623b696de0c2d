package io.lamella.flowspace;

import io.lamella.model.HeaderField;
import io.lamella.model.HeaderSpace;
import io.lamella.openflow.Action;
import io.lamella.openflow.Instruction;
import io.lamella.openflow.Ports;
import io.lamella.openflow.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.Stream;

/**
 * What a slice may do with its packets. A list of actions is followed from action to action: wherever a packet leaves it,
 * by a port or at its end, it must still be the slice's. An action set is put together from several entries, so each of
 * its actions must keep every packet of the slice within the slice.
 */
final class ActionRules {
    private static final int EXPERIMENTER = 0xffff;
    private static final int SET_QUEUE = 21;

    /** Copying it outwards and inwards, setting and decrementing that of MPLS and of IP: no match sees it. */
    private static final List<Integer> TIME_TO_LIVE = List.of(11, 12, 15, 16, 23, 24);

    private final Territory territory;
    private final IntPredicate floods;
    private final int tables;

    /**
     * @param floods which ports OFPP_FLOOD goes to
     * @param tables how many tables the switch has
     */
    ActionRules(Territory territory, IntPredicate floods, int tables) {
        this.territory = territory;
        this.floods = floods;
        this.tables = tables;
    }

    /**
     * The instructions as the switch gets them.
     *
     * @param packets those that the entry is for
     * @throws Refused where the slice may not do this
     */
    List<Instruction> instructions(HeaderSpace packets, int table, List<Instruction> asked) {
        List<Instruction> allowed = new ArrayList<>(asked.size());
        for (Instruction i : asked) {
            allowed.add(
                    switch (i) {
                        case Instruction.GotoTable g -> {
                            if (g.table() <= table || g.table() >= tables) {
                                throw new Refused(Fault.INSTRUCTION_BAD_TABLE);
                            }
                            yield g;
                        }
                        case Instruction.ApplyActions a -> new Instruction.ApplyActions(list(packets, a.actions()));
                        case Instruction.WriteActions w -> new Instruction.WriteActions(set(w.actions()));
                        case Instruction.ClearActions c -> c;
                        case Instruction.WriteMetadata m -> m;
                        case Instruction.Meter m -> throw new Refused(Fault.UNSUPPORTED_INSTRUCTION);
                        case Instruction.Raw r ->
                            throw new Refused(
                                    r.type() == EXPERIMENTER
                                            ? Fault.INSTRUCTION_EXPERIMENTER
                                            : Fault.UNSUPPORTED_INSTRUCTION);
                    });
        }
        return allowed;
    }

    private List<Action> list(HeaderSpace packets, List<Action> asked) {
        return list(packets, asked, false);
    }

    /**
     * Actions that are carried out one after another; see {@link #instructions}.
     *
     * @param tables whether a packet may be sent through the flow tables: only a packet-out may
     */
    List<Action> list(HeaderSpace packets, List<Action> asked, boolean tables) {
        List<Action> allowed = new ArrayList<>(asked.size());
        HeaderSpace now = packets;
        boolean changed = false;
        for (Action a : asked) {
            if (!tables || !(a instanceof Action.Output o) || o.port() != Ports.TABLE) {
                check(a);
            }
            if (a instanceof Action.Output || a instanceof Action.Enqueue) {
                inside(now, changed);
            }
            if (a instanceof Action.Output o) {
                outputs(o, allowed);
            } else {
                allowed.add(a);
            }
            if (Effects.writes(a)) {
                // Whose every packet is needs no following; what is refused is refused there too.
                now = territory.everything() ? now : Effects.after(now, a, territory.version());
                changed = true;
            }
        }
        inside(now, changed);
        return allowed;
    }

    private void inside(HeaderSpace packets, boolean changed) {
        if (changed && !territory.writesAll(packets)) {
            throw new Refused(Fault.ACTION_NOT_PERMITTED);
        }
    }

    private List<Action> set(List<Action> asked) {
        List<Action> allowed = new ArrayList<>(asked.size());
        for (Action a : asked) {
            check(a);
            if (a instanceof Action.Output o) {
                List<Action> outputs = new ArrayList<>();
                outputs(o, outputs);
                if (outputs.size() > 1) { // an action set has one output
                    throw new Refused(Fault.BAD_OUT_PORT);
                }
                allowed.addAll(outputs);
                continue;
            }
            if (Effects.writes(a)
                    && !territory.closedUnder(subject(a), all -> Effects.after(all, a, territory.version()))) {
                throw new Refused(Fault.ACTION_NOT_PERMITTED);
            }
            allowed.add(a);
        }
        return allowed;
    }

    /** A field that every packet has that the action can change. */
    private static HeaderField subject(Action a) {
        return a instanceof Action.SetField s
                ? Conditions.value(s.field())
                        .orElseThrow(() -> new Refused(Fault.BAD_SET_FIELD))
                        .field()
                : HeaderField.ETH_DST;
    }

    private void outputs(Action.Output o, List<Action> allowed) {
        boolean flood = o.port() == Ports.FLOOD;
        if (!flood && o.port() != Ports.ALL || territory.everything()) {
            allowed.add(o);
            return;
        }
        for (int port : territory.ports()) {
            // The switch itself leaves out the port that the packet came in by.
            if (port != Ports.LOCAL && (!flood || floods.test(port))) {
                allowed.add(new Action.Output(port, o.maxLength()));
            }
        }
    }

    private void check(Action action) {
        switch (action) {
            case Action.Output a -> {
                if (!territory.mayOutput(a.port())) {
                    throw new Refused(Fault.BAD_OUT_PORT);
                }
            }
            case Action.Group a -> throw new Refused(Fault.BAD_OUT_GROUP);
            case Action.Enqueue a -> throw new Refused(Fault.BAD_QUEUE);
            case Action.SetField a -> {
                if (Conditions.value(a.field()).isEmpty()) {
                    throw new Refused(Fault.BAD_SET_FIELD);
                }
            }
            case Action.SetTransport a -> {}
            case Action.PushVlan a -> {}
            case Action.PopVlan a -> {}
            case Action.Raw a -> {
                if (territory.version() == Version.V1_0 || !TIME_TO_LIVE.contains(a.type())) {
                    throw new Refused(
                            a.type() == EXPERIMENTER
                                    ? Fault.BAD_ACTION_EXPERIMENTER
                                    : a.type() == SET_QUEUE ? Fault.BAD_QUEUE : Fault.BAD_ACTION_TYPE);
                }
            }
        }
    }

    /** Whether the entry has to be written anew when the slice's ports change. */
    static boolean floods(List<Instruction> instructions) {
        return instructions.stream()
                .flatMap(i -> switch (i) {
                    case Instruction.ApplyActions a -> a.actions().stream();
                    case Instruction.WriteActions w -> w.actions().stream();
                    default -> Stream.empty();
                })
                .anyMatch(a -> a instanceof Action.Output o && (o.port() == Ports.FLOOD || o.port() == Ports.ALL));
    }
}
