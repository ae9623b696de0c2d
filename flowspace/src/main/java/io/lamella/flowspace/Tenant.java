package io.lamella.flowspace;

import io.lamella.model.FlowSpaceAbsence;
import io.lamella.model.FlowSpaceSlice;
import io.lamella.model.HeaderSpace;
import io.lamella.openflow.Bytes;
import io.lamella.openflow.FlowEntry;
import io.lamella.openflow.FlowMod;
import io.lamella.openflow.Instruction;
import io.lamella.openflow.Match;
import io.lamella.openflow.Message;
import io.lamella.openflow.MultipartReply.PortDescription;
import io.lamella.openflow.Oxm;
import io.lamella.openflow.OxmField;
import io.lamella.openflow.Ports;
import io.lamella.openflow.Version;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One slice at one switch: its controllers, its flows, and what it hears from the switch. For one thread. */
final class Tenant {
    private static final int MARK_SHIFT = 48;
    private static final int BUFFERS = 1024;
    /** Where the configuration gives no limit: the books have to end somewhere. */
    private static final int MOST_ENTRIES = 1_000_000;

    private static final int NO_MATCH = 0;
    private static final int DROP_SECONDS = 5;
    private static final Set<OxmField> INGRESS = Set.of(OxmField.IN_PORT, OxmField.IN_PHY_PORT, OxmField.TUNNEL_ID);

    /** A packet that the switch keeps. @param inPort where it entered */
    record Buffered(HeaderSpace packet, int inPort) {}

    private final SlicedSwitch at;
    private final FlowSpaceSlice slice;
    private final int number;
    private final Territory territory;
    private final FlowBook book;
    private final List<Controller> controllers = new ArrayList<>();
    private final Map<Integer, Buffered> buffers = new LinkedHashMap<>();
    private final Roles roles = new Roles(controllers);
    private ActionRules rules;
    private long lastMark;
    private int missLength = 128;

    /** On whose behalf orders to the switch are given. */
    private Optional<Origin> origin = Optional.empty();

    record Origin(Controller controller, int xid, Bytes head) {}

    Tenant(SlicedSwitch at, FlowSpaceSlice slice, int number, Territory territory) {
        this.at = at;
        this.slice = slice;
        this.number = number;
        this.territory = territory;
        book = new FlowBook(this::order, this::tell, slice.flowLimit().orElse(MOST_ENTRIES));
        territory.ports(at.ports().keySet());
        rules = new ActionRules(territory, at::floods, at.features().tables());
    }

    FlowSpaceSlice slice() {
        return slice;
    }

    Territory territory() {
        return territory;
    }

    FlowBook book() {
        return book;
    }

    Roles roles() {
        return roles;
    }

    ActionRules rules() {
        return rules;
    }

    int missLength() {
        return missLength;
    }

    void missLength(int length) {
        missLength = length;
    }

    /** The cookie of this slice's entries in its upper 16 bits, which are no other slice's. */
    long mark() {
        return (long) (number + 1) << MARK_SHIFT;
    }

    static int owner(long mark) {
        return (int) (mark >>> MARK_SHIFT) - 1;
    }

    void attach(Controller controller) {
        controllers.add(controller);
    }

    void detach(Controller controller) {
        controllers.remove(controller);
    }

    /** Hands over a controller's message; every refusal is answered, nothing is thrown. */
    void receive(Controller from, int xid, Message message, Bytes head) {
        origin = Optional.of(new Origin(from, xid, head));
        try {
            new Requests(at, this, from, xid, head).handle(message);
        } catch (Refused e) {
            refuse(from, xid, e.fault(), head);
        } finally {
            origin = Optional.empty();
        }
    }

    void refuse(Controller from, int xid, Fault fault, Bytes head) {
        Version v = territory.version();
        from.send(xid, new Message.Error(fault.type(v), fault.code(v), head));
    }

    SliceFlow flow(FlowMod mod) {
        Match match = Conditions.normal(mod.entry().match());
        HeaderSpace asked = Conditions.space(match);
        HeaderSpace packets = territory.within(asked);
        List<Instruction> sent =
                rules.instructions(packets, mod.entry().table(), mod.entry().instructions());
        return new SliceFlow(mark() | ++lastMark, normal(mod, match), asked, packets, sent);
    }

    /** A flow that stands for the condition of a deletion, modification or question. */
    SliceFlow pattern(Match condition) {
        Match match = Conditions.normal(condition);
        HeaderSpace asked = Conditions.space(match);
        FlowMod mod = FlowMod.add(new FlowEntry(0, 0, 0, match, List.of()));
        return new SliceFlow(0, mod, asked, asked, List.of());
    }

    static FlowMod normal(FlowMod m, Match match) {
        FlowEntry e = m.entry();
        FlowEntry entry = new FlowEntry(e.table(), e.priority(), e.cookie(), match, e.instructions());
        return new FlowMod(
                m.command(),
                entry,
                m.cookieMask(),
                m.idleTimeout(),
                m.hardTimeout(),
                m.buffer(),
                m.outPort(),
                m.outGroup(),
                m.flags());
    }

    private void order(FlowBook.Order order) {
        Optional<Pending> pending =
                origin.map(o -> new Pending(this, o.controller(), o.xid(), o.head(), new Pending.Change(order.flow())));
        at.send(order.mod(), pending);
    }

    private void tell(Message.FlowRemoved removed) {
        for (Controller c : controllers) {
            if (c.wantsFlowRemoved(removed.reason())) {
                c.send(0, removed);
            }
        }
    }

    /** The switch has refused an order. */
    void failed(Pending pending, SliceFlow flow, Message.Error error) {
        boolean first = book.marked(flow.mark).isPresent();
        book.refused(flow);
        if (first) {
            pending.controller().send(pending.xid(), new Message.Error(error.type(), error.code(), pending.head()));
        }
    }

    /** A port came, went or changed; the map of all ports is already as it is now. */
    void portStatus(Message.PortStatus status) {
        int port = status.port().port();
        boolean had = territory.hasPort(port);
        territory.ports(at.ports().keySet());
        boolean has = territory.hasPort(port);
        if (!had && !has) {
            return;
        }
        for (Controller c : controllers) {
            if (c.wantsPortStatus(status.reason())) {
                c.send(0, status);
            }
        }
        for (SliceFlow f : List.copyOf(book.flows())) {
            FlowEntry e = f.entry();
            if (!had) {
                extend(f);
            }
            if (!territory.everything() && ActionRules.floods(e.instructions())) {
                // What was allowed with other ports is allowed now, but for a port that is gone.
                try {
                    book.modify(f, e, rules.instructions(f.packets, e.table(), e.instructions()));
                } catch (Refused gone) {
                    book.delete(f);
                }
            }
        }
    }

    /** A range of ports means those that there are, and there is one more now. */
    private void extend(SliceFlow flow) {
        try {
            book.extend(flow, territory.entries(flow.entry().match(), flow.packets));
        } catch (Refused tooMany) {
            book.delete(flow);
        }
    }

    List<PortDescription> ports() {
        return at.ports().values().stream()
                .filter(p -> territory.hasPort(p.port()))
                .toList();
    }

    /** A packet that the slice may see. */
    void packetIn(Message.PacketIn m, HeaderSpace packet, int inPort) {
        if (controllers.isEmpty()) {
            if (m.reason() == NO_MATCH && slice.whenAway().orElse(FlowSpaceAbsence.IGNORE) == FlowSpaceAbsence.DROP) {
                drop(packet);
            }
            return;
        }
        Optional<SliceFlow> flow = book.marked(m.cookie());
        boolean whole = territory.everything() || owner(m.cookie()) == number;
        List<Oxm> shown = m.match().fields().stream()
                .filter(o -> whole || o instanceof Oxm.Field f && INGRESS.contains(f.field()))
                .toList();
        long cookie = flow.map(f -> f.entry().cookie()).orElse(-1L);
        if (m.buffer() != Ports.NO_BUFFER) {
            buffers.remove(m.buffer());
            buffers.put(m.buffer(), new Buffered(packet, inPort));
            if (buffers.size() > BUFFERS) {
                buffers.remove(buffers.keySet().iterator().next());
            }
        }
        Message.PacketIn own =
                new Message.PacketIn(m.buffer(), m.length(), m.reason(), m.table(), cookie, new Match(shown), m.data());
        for (Controller c : controllers) {
            if (c.wantsPacketIn(m.reason())) {
                c.offer(0, own);
            }
        }
    }

    /** Takes a buffer that the slice was shown; nobody can use another's. */
    Buffered buffer(int id) {
        Buffered b = buffers.remove(id);
        if (b == null) {
            throw new Refused(Fault.BUFFER_UNKNOWN);
        }
        return b;
    }

    private void drop(HeaderSpace packet) {
        try {
            HeaderSpace all = territory.within(packet);
            List<Match> exact = Conditions.matches(all, Match.ANY, territory.version(), List.of(), 1)
                    .orElse(List.of());
            for (Match match : exact) {
                FlowEntry entry = new FlowEntry(0, 0xffff, mark(), match, List.of());
                at.send(
                        new FlowMod(
                                FlowMod.Command.ADD,
                                entry,
                                0,
                                0,
                                DROP_SECONDS,
                                Ports.NO_BUFFER,
                                Ports.ANY,
                                Ports.ANY,
                                0),
                        Optional.empty());
            }
        } catch (Refused readOnly) {
            return; // packets that the slice may only see are not its to drop
        }
    }
}
