package io.lamella.flowspace;

import io.lamella.openflow.Action;
import io.lamella.openflow.FlowEntry;
import io.lamella.openflow.FlowMod;
import io.lamella.openflow.Instruction;
import io.lamella.openflow.Match;
import io.lamella.openflow.Message;
import io.lamella.openflow.MultipartRequest;
import io.lamella.openflow.Ports;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One slice's flow tables in one switch: what its controllers believe is in them, and which entries of the switch that is.
 * Two flows of a slice may need the very same entry, since both are cut to the slice; then the later one has it, and when
 * that goes, the earlier one gets it back. For one thread.
 */
final class FlowBook {
    /** What the switch has to be told, and for which flow. */
    record Order(FlowMod mod, SliceFlow flow) {}

    private static final int DELETED = 2;

    private final Consumer<Order> orders;
    private final Consumer<Message.FlowRemoved> removals;
    private final int limit;
    private final Map<FlowEntry.Key, SliceFlow> flows = new LinkedHashMap<>();
    private final Map<Long, SliceFlow> byMark = new HashMap<>();
    private final Map<FlowEntry.Key, Deque<SliceFlow>> claims = new HashMap<>();

    /**
     * @param removals is told of flows that are gone, where their owner wants to know
     * @param limit the most entries in the switch
     */
    FlowBook(Consumer<Order> orders, Consumer<Message.FlowRemoved> removals, int limit) {
        this.orders = orders;
        this.removals = removals;
        this.limit = limit;
    }

    Collection<SliceFlow> flows() {
        return flows.values();
    }

    /** How many entries of the switch are the slice's. */
    int entries() {
        return claims.size();
    }

    Optional<SliceFlow> marked(long mark) {
        return Optional.ofNullable(byMark.get(mark));
    }

    /** @throws Refused where the flow overlaps though it must not, or where it is one too many; then nothing changed */
    void add(SliceFlow flow, List<Match> parts) {
        FlowEntry.Key key = flow.entry().key();
        SliceFlow old = flows.get(key);
        if ((flow.mod().flags() & SliceFlow.CHECK_OVERLAP) != 0) {
            checkOverlap(flow, key);
        }
        long more = parts.stream().filter(p -> !claims.containsKey(flow.key(p))).count();
        if (claims.size() + more > limit) {
            throw new Refused(Fault.TABLE_FULL);
        }
        flows.put(key, flow);
        byMark.put(flow.mark, flow);
        for (Match part : parts) {
            FlowEntry.Key place = flow.key(part);
            Deque<SliceFlow> claim = claims.computeIfAbsent(place, k -> new ArrayDeque<>(1));
            if (old != null) {
                claim.remove(old); // the switch puts the new entry in its place and says nothing
                old.parts.remove(place);
            }
            claim.push(flow);
            flow.parts.add(place);
            orders.accept(new Order(flow.order(FlowMod.Command.ADD, place), flow));
        }
        if (old != null) {
            old.end();
            byMark.remove(old.mark);
        }
    }

    /** Adds those of a flow's entries that it does not have yet. */
    void extend(SliceFlow flow, List<Match> parts) {
        for (Match part : parts) {
            FlowEntry.Key place = flow.key(part);
            if (flow.parts.add(place)) {
                claims.computeIfAbsent(place, k -> new ArrayDeque<>(1)).push(flow);
                orders.accept(new Order(flow.order(FlowMod.Command.ADD, place), flow));
            }
        }
    }

    private void checkOverlap(SliceFlow flow, FlowEntry.Key key) {
        for (SliceFlow other : flows.values()) {
            FlowEntry.Key k = other.entry().key();
            if (k.table() == key.table()
                    && k.priority() == key.priority()
                    && !k.equals(key)
                    && !other.packets.intersect(flow.packets).isEmpty()) {
                throw new Refused(Fault.OVERLAP);
            }
        }
    }

    /** The flows that a modification or deletion, or a question, is about. */
    List<SliceFlow> matching(FlowMod mod, SliceFlow pattern) {
        FlowEntry entry = mod.entry();
        boolean strict =
                mod.command() == FlowMod.Command.MODIFY_STRICT || mod.command() == FlowMod.Command.DELETE_STRICT;
        boolean delete = mod.command() == FlowMod.Command.DELETE || mod.command() == FlowMod.Command.DELETE_STRICT;
        List<SliceFlow> found = new ArrayList<>();
        for (SliceFlow f : flows.values()) {
            boolean named = strict
                    ? f.entry().key().equals(entry.key())
                    : (entry.table() == Ports.ALL_TABLES
                                    || entry.table() == f.entry().table())
                            && covers(pattern, f);
            if (named
                    && (f.entry().cookie() & mod.cookieMask()) == (entry.cookie() & mod.cookieMask())
                    && (!delete || outputs(f, mod.outPort()) && mod.outGroup() == Ports.ANY)) {
                found.add(f);
            }
        }
        return found;
    }

    /** See above. */
    List<SliceFlow> matching(MultipartRequest.Flows q, SliceFlow pattern) {
        List<SliceFlow> found = new ArrayList<>();
        for (SliceFlow f : flows.values()) {
            if ((q.table() == Ports.ALL_TABLES || q.table() == f.entry().table())
                    && (f.entry().cookie() & q.cookieMask()) == (q.cookie() & q.cookieMask())
                    && outputs(f, q.outPort())
                    && q.outGroup() == Ports.ANY
                    && covers(pattern, f)) {
                found.add(f);
            }
        }
        return found;
    }

    private static boolean covers(SliceFlow wide, SliceFlow narrow) {
        return Conditions.extrasCover(wide.entry().match(), narrow.entry().match())
                && wide.asked.contains(narrow.asked);
    }

    private static boolean outputs(SliceFlow flow, int port) {
        return port == Ports.ANY
                || flow.entry().instructions().stream()
                        .anyMatch(i -> i instanceof Instruction.ApplyActions a && outputs(a.actions(), port)
                                || i instanceof Instruction.WriteActions w && outputs(w.actions(), port));
    }

    private static boolean outputs(List<Action> actions, int port) {
        return actions.stream().anyMatch(a -> a instanceof Action.Output o && o.port() == port);
    }

    /** Gives a flow other instructions. @param sent as the switch gets them */
    void modify(SliceFlow flow, FlowEntry to, List<Instruction> sent) {
        flow.change(to, sent);
        for (FlowEntry.Key place : flow.parts) {
            if (has(flow, place)) {
                orders.accept(new Order(flow.order(FlowMod.Command.MODIFY_STRICT, place), flow));
            }
        }
    }

    private boolean has(SliceFlow flow, FlowEntry.Key place) {
        Deque<SliceFlow> claim = claims.get(place);
        return claim != null && claim.peek() == flow;
    }

    /** Takes a flow out of the tables; its owner is told once the switch has confirmed it. */
    void delete(SliceFlow flow) {
        flow.end();
        flows.remove(flow.entry().key(), flow);
        for (FlowEntry.Key place : List.copyOf(flow.parts)) {
            boolean had = has(flow, place);
            if (!release(flow, place, had)) {
                flow.parts.remove(place);
            } else {
                orders.accept(new Order(flow.order(FlowMod.Command.DELETE_STRICT, place), flow));
            }
        }
        if (flow.parts.isEmpty()) {
            FlowEntry none = flow.entry();
            gone(flow, new Message.FlowRemoved(none, DELETED, 0, 0, 0, 0, 0, 0));
        }
    }

    /** Gives up a claim. Returns whether nobody else has one, so that the entry is to go from the switch. */
    private boolean release(SliceFlow flow, FlowEntry.Key place, boolean had) {
        Deque<SliceFlow> claim = claims.get(place);
        if (claim == null) {
            return false;
        }
        claim.remove(flow);
        if (claim.isEmpty()) {
            claims.remove(place);
            return had;
        }
        if (had) {
            SliceFlow next = claim.element();
            orders.accept(new Order(next.order(FlowMod.Command.ADD, place), next));
        }
        return false;
    }

    /** The switch says that an entry is gone, on request or by itself. */
    void removed(Message.FlowRemoved message) {
        SliceFlow flow = byMark.get(message.entry().cookie());
        if (flow == null) {
            return;
        }
        flow.count(message);
        FlowEntry.Key said = new FlowEntry.Key(
                message.entry().table(),
                message.entry().priority(),
                message.entry().match());
        FlowEntry.Key place = flow.parts.size() == 1 || !flow.parts.contains(said)
                ? flow.parts.stream().findFirst().orElse(said)
                : said;
        flow.parts.remove(place);
        if (!flow.ended() && has(flow, place)) {
            release(flow, place, true);
        }
        if (flow.parts.isEmpty()) {
            gone(flow, message);
        }
    }

    private void gone(SliceFlow flow, Message.FlowRemoved last) {
        byMark.remove(flow.mark);
        flows.remove(flow.entry().key(), flow);
        if (flow.wantsRemoved()) {
            removals.accept(flow.removed(last));
        }
    }

    /** The switch has refused an entry of the flow: nothing of it stays. */
    void refused(SliceFlow flow) {
        if (byMark.remove(flow.mark) == null) {
            return;
        }
        flow.end();
        flows.remove(flow.entry().key(), flow);
        for (FlowEntry.Key place : List.copyOf(flow.parts)) {
            if (release(flow, place, has(flow, place))) {
                orders.accept(new Order(flow.order(FlowMod.Command.DELETE_STRICT, place), flow));
            }
        }
        flow.parts.clear();
    }
}
