package io.lamella.flowspace;

import io.lamella.openflow.Action;
import io.lamella.openflow.FlowEntry;
import io.lamella.openflow.FlowMod;
import io.lamella.openflow.Instruction;
import io.lamella.openflow.Match;
import io.lamella.openflow.Oxm;
import io.lamella.openflow.OxmField;
import io.lamella.openflow.Ports;
import io.lamella.openflow.Version;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;

/** An interpreter of flow tables by plain reading of the specification. It shares nothing with the algebra. */
final class TableOracle {
    /** A frame in a switch: a value for each field that it has. */
    static final class Packet {
        final Map<OxmField, Long> fields = new EnumMap<>(OxmField.class);

        /** What stands behind each tag but the outermost. */
        final Deque<Map<OxmField, Long>> inner = new ArrayDeque<>();

        Packet copy() {
            Packet p = new Packet();
            p.fields.putAll(fields);
            p.inner.addAll(inner);
            return p;
        }

        long get(OxmField f) {
            return fields.getOrDefault(f, -1L);
        }

        boolean tagged() {
            return get(OxmField.VLAN_VID) != 0;
        }

        @Override
        public String toString() {
            return fields + (inner.isEmpty() ? "" : " before " + inner);
        }
    }

    /** What became of a packet. @param port where it left, as the action says */
    record Output(int port, Packet packet, long cookie) {}

    /** An entry that a packet met. */
    record Met(long cookie, Packet packet) {}

    record Run(List<Met> met, List<Output> outputs) {}

    private final Version version;
    private final Map<FlowEntry.Key, FlowEntry> entries = new HashMap<>();

    TableOracle(Version version) {
        this.version = version;
    }

    int size() {
        return entries.size();
    }

    void apply(FlowMod m) {
        FlowEntry f = m.entry();
        switch (m.command()) {
            case ADD -> entries.put(f.key(), f);
            case MODIFY_STRICT -> modify(m, e -> e.key().equals(f.key()));
            case MODIFY -> modify(m, e -> within(e, f));
            case DELETE_STRICT -> entries.remove(f.key());
            case DELETE -> entries.values().removeIf(e -> within(e, f));
        }
    }

    private void modify(FlowMod m, Predicate<FlowEntry> which) {
        if (version == Version.V1_0 && entries.values().stream().noneMatch(which)) {
            entries.put(m.entry().key(), m.entry());
            return;
        }
        entries.replaceAll((key, e) -> which.test(e)
                ? new FlowEntry(
                        e.table(),
                        e.priority(),
                        e.cookie(),
                        e.match(),
                        m.entry().instructions())
                : e);
    }

    /** Whether an entry is at least as narrow as a condition. */
    private static boolean within(FlowEntry entry, FlowEntry condition) {
        if (condition.table() != Ports.ALL_TABLES && condition.table() != entry.table()) {
            return false;
        }
        for (Oxm o : condition.match().fields()) {
            Oxm.Field c = (Oxm.Field) o;
            Optional<Oxm.Field> e = entry.match().field(c.field());
            if (e.isEmpty()
                    || (c.maskLow() & ~e.get().maskLow()) != 0
                    || ((e.get().low() ^ c.low()) & c.maskLow()) != 0) {
                return false;
            }
        }
        return true;
    }

    static boolean matches(Match match, Packet p) {
        for (Oxm o : match.fields()) {
            Oxm.Field f = (Oxm.Field) o;
            Long value = f.field() == OxmField.METADATA ? Long.valueOf(0) : p.fields.get(f.field());
            if (value == null || ((value ^ f.low()) & f.maskLow()) != 0) {
                return false;
            }
        }
        return true;
    }

    Run run(Packet packet) {
        Run run = new Run(new ArrayList<>(), new ArrayList<>());
        Packet p = packet.copy();
        List<Action> set = new ArrayList<>();
        int table = 0;
        long cookie = 0;
        while (table >= 0) {
            int here = table;
            Optional<FlowEntry> hit = entries.values().stream()
                    .filter(f -> f.table() == here && matches(f.match(), p))
                    .max(Comparator.comparingInt(FlowEntry::priority));
            table = -1;
            if (hit.isEmpty()) {
                break;
            }
            cookie = hit.get().cookie();
            run.met.add(new Met(cookie, p.copy()));
            List<Instruction> inOrder = new ArrayList<>(hit.get().instructions());
            inOrder.sort(Comparator.comparingInt(TableOracle::rank));
            for (Instruction i : inOrder) {
                switch (i) {
                    case Instruction.ApplyActions a -> actions(a.actions(), p, cookie, run);
                    case Instruction.ClearActions c -> set.clear();
                    case Instruction.WriteActions w -> w.actions().forEach(a -> merge(set, a));
                    case Instruction.GotoTable g -> table = g.table();
                    default -> throw new IllegalStateException("not in this test: " + i);
                }
            }
        }
        set.sort(Comparator.comparingInt(TableOracle::rank));
        actions(set, p, cookie, run);
        return run;
    }

    private static int rank(Instruction i) {
        return switch (i) {
            case Instruction.ApplyActions a -> 1;
            case Instruction.ClearActions c -> 2;
            case Instruction.WriteActions w -> 3;
            default -> 4;
        };
    }

    private static void merge(List<Action> set, Action a) {
        set.removeIf(b -> a instanceof Action.SetField x && b instanceof Action.SetField y
                ? x.field().type() == y.field().type()
                : a.getClass() == b.getClass());
        set.add(a);
    }

    private static int rank(Action a) {
        return switch (a) {
            case Action.PopVlan x -> 1;
            case Action.PushVlan x -> 2;
            case Action.SetField x -> 3;
            default -> 4;
        };
    }

    void actions(List<Action> actions, Packet p, long cookie, Run run) {
        for (Action a : actions) {
            switch (a) {
                case Action.Output o -> run.outputs.add(new Output(o.port(), p.copy(), cookie));
                case Action.SetField s -> set(p, (Oxm.Field) s.field());
                case Action.SetTransport t -> {
                    for (OxmField f : t.destination()
                            ? List.of(OxmField.TCP_DST, OxmField.UDP_DST)
                            : List.of(OxmField.TCP_SRC, OxmField.UDP_SRC)) {
                        p.fields.computeIfPresent(f, (k, v) -> (long) t.port());
                    }
                }
                case Action.PushVlan v -> push(p);
                case Action.PopVlan v -> pop(p);
                default -> throw new IllegalStateException("not in this test: " + a);
            }
        }
    }

    private void set(Packet p, Oxm.Field f) {
        boolean vlan = f.field() == OxmField.VLAN_VID || f.field() == OxmField.VLAN_PCP;
        if (vlan && !p.tagged()) {
            if (version == Version.V1_3) {
                return;
            }
            push(p);
        }
        p.fields.computeIfPresent(f.field(), (k, v) -> f.low());
    }

    private static void push(Packet p) {
        if (!p.tagged()) {
            p.fields.put(OxmField.VLAN_VID, 0x1000L);
            p.fields.put(OxmField.VLAN_PCP, 0L);
            return;
        }
        p.inner.push(new EnumMap<>(p.fields));
        for (OxmField f : OxmField.values()) {
            switch (f) {
                case IN_PORT, ETH_SRC, ETH_DST, VLAN_VID, VLAN_PCP, TUNNEL_ID -> {}
                default -> p.fields.remove(f);
            }
        }
        p.fields.put(OxmField.ETH_TYPE, 0x8100L);
    }

    private static void pop(Packet p) {
        if (!p.tagged()) {
            return;
        }
        if (p.inner.isEmpty()) {
            p.fields.put(OxmField.VLAN_VID, 0L);
            p.fields.remove(OxmField.VLAN_PCP);
            return;
        }
        Map<OxmField, Long> behind = p.inner.pop();
        behind.put(OxmField.ETH_SRC, p.get(OxmField.ETH_SRC));
        behind.put(OxmField.ETH_DST, p.get(OxmField.ETH_DST));
        p.fields.clear();
        p.fields.putAll(behind);
    }

    /** The real ports that outputs lead to, without what goes to the controller. */
    static List<String> delivered(Run run, Packet in, TreeSet<Integer> flood) {
        List<String> all = new ArrayList<>();
        for (Output o : run.outputs) {
            int from = (int) in.get(OxmField.IN_PORT);
            if (o.port == Ports.FLOOD || o.port == Ports.ALL) {
                flood.stream().filter(port -> port != from).forEach(port -> all.add(port + " " + o.packet));
            } else if (o.port == Ports.IN_PORT) {
                all.add(from + " " + o.packet);
            } else if (o.port != from) {
                all.add((o.port == Ports.CONTROLLER ? "controller" : o.port) + " " + o.packet);
            }
        }
        return all;
    }
}
