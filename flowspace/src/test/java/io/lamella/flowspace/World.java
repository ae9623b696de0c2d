package io.lamella.flowspace;

import io.lamella.flowspace.TableOracle.Packet;
import io.lamella.model.FlowSpace;
import io.lamella.model.FlowSpacePermission;
import io.lamella.model.FlowSpaceRule;
import io.lamella.model.FlowSpaceSlice;
import io.lamella.openflow.Action;
import io.lamella.openflow.Bytes;
import io.lamella.openflow.FlowEntry;
import io.lamella.openflow.FlowMod;
import io.lamella.openflow.Instruction;
import io.lamella.openflow.Match;
import io.lamella.openflow.Oxm;
import io.lamella.openflow.OxmField;
import io.lamella.openflow.Ports;
import io.lamella.openflow.Version;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Random rules, requests and packets of a small world, so that they often meet. Rules are read here without the model. */
final class World {
    static final int PORTS = 4;
    private static final long[] MACS = {0x020000000001L, 0x020000000002L, 0x030000000001L, 0xffffffffffffL};
    private static final long[] IPS = {0x0a000001L, 0x0a000002L, 0x0a000101L, 0x0a010001L};
    private static final int[] TYPES = {0x0800, 0x0800, 0x0800, 0x0806, 0x88cc};

    private final Random random;
    private final Version version;

    World(Random random, Version version) {
        this.random = random;
        this.version = version;
    }

    /** A condition on one field: the values from low to high, or under a mask. */
    private record Test(String text, OxmField field, long low, long high, long mask) {
        boolean holds(Packet p) {
            Long v = p.fields.get(field);
            if (v == null) {
                return false;
            }
            return mask == -1 ? v >= low && v <= high : (v & mask) == low;
        }
    }

    /** A rule in both forms: as the configuration has it, and as it is read here. */
    static final class Rule {
        final FlowSpaceRule rule;
        private final List<Test> tests;

        private Rule(FlowSpaceRule rule, List<Test> tests) {
            this.rule = rule;
            this.tests = tests;
        }

        boolean matches(Packet p) {
            return tests.stream().allMatch(t -> t.holds(p));
        }

        int priority() {
            return rule.priority().orElse(0);
        }
    }

    record Slices(FlowSpace flowSpace, List<List<Rule>> rules) {
        /** The rules of the highest priority that match. */
        List<Integer> owners(Packet p, boolean write) {
            int top = -1;
            List<Integer> owners = new ArrayList<>();
            for (int s = 0; s < rules.size(); s++) {
                for (Rule r : rules.get(s)) {
                    if (r.priority() < top || !r.matches(p)) {
                        continue;
                    }
                    if (r.priority() > top) {
                        top = r.priority();
                        owners.clear();
                    }
                    FlowSpacePermission given = r.rule.permission();
                    if ((write ? given.writes() : given.reads()) && !owners.contains(s)) {
                        owners.add(s);
                    }
                }
            }
            return owners;
        }
    }

    Slices slices() {
        List<FlowSpaceSlice> slices = new ArrayList<>();
        List<List<Rule>> all = new ArrayList<>();
        for (String name : List.of("a", "b", "c")) {
            List<Rule> rules = new ArrayList<>();
            for (int i = random.nextInt(4); i > 0; i--) {
                rules.add(rule());
            }
            slices.add(FlowSpaceSlice.of(
                    name, List.of(), rules.stream().map(r -> r.rule).toList()));
            all.add(rules);
        }
        return new Slices(new FlowSpace(List.of(), List.of(), slices), all);
    }

    private Rule rule() {
        Map<String, String> match = new LinkedHashMap<>();
        List<Test> tests = new ArrayList<>();
        if (random.nextBoolean()) {
            int low = 1 + random.nextInt(PORTS);
            range(match, tests, "in_port", OxmField.IN_PORT, low, low + random.nextInt(2), 0);
        }
        if (random.nextInt(3) == 0) {
            if (random.nextInt(3) == 0) {
                match.put("vlan_vid", "none");
                tests.add(new Test("", OxmField.VLAN_VID, 0, 0, -1));
            } else {
                int low = random.nextInt(4);
                range(match, tests, "vlan_vid", OxmField.VLAN_VID, low, low + random.nextInt(3), 0x1000);
            }
        }
        // Version 1.0 matches whole MAC addresses only, so that what is left beside one cannot be given to anybody.
        if (random.nextInt(4) == 0 && version == Version.V1_3) {
            long mac = one(MACS);
            long mask = random.nextBoolean() ? 0xffffffffffffL : 0x010000000000L;
            match.put("eth_src", mac(mac & mask) + "/" + mac(mask));
            tests.add(new Test("", OxmField.ETH_SRC, mac & mask, 0, mask));
        }
        if (random.nextBoolean()) {
            match.put("eth_type", "0x0800");
            tests.add(new Test("", OxmField.ETH_TYPE, 0x800, 0x800, -1));
            if (random.nextBoolean()) {
                int length = 8 * (1 + random.nextInt(4));
                long mask = 0xffffffffL << (32 - length) & 0xffffffffL;
                long ip = one(IPS) & mask;
                match.put("ipv4_dst", ip(ip) + "/" + length);
                tests.add(new Test("", OxmField.IPV4_DST, ip, 0, mask));
            }
            if (random.nextInt(3) == 0) {
                int low = random.nextInt(5);
                tests.add(new Test("", OxmField.IP_PROTO, 6, 6, -1));
                range(match, tests, "tcp_dst", OxmField.TCP_DST, low, low + random.nextInt(4), 0);
            }
        }
        FlowSpacePermission permission = random.nextInt(4) == 0
                ? FlowSpacePermission.values()[random.nextInt(3)]
                : FlowSpacePermission.READ_WRITE;
        return new Rule(new FlowSpaceRule(Optional.empty(), Optional.of(random.nextInt(4)), permission, match), tests);
    }

    private static void range(
            Map<String, String> match, List<Test> tests, String word, OxmField f, long low, long high, long extra) {
        match.put(word, low + "-" + high);
        tests.add(new Test("", f, low | extra, high | extra, -1));
    }

    private long one(long[] values) {
        return values[random.nextInt(values.length)];
    }

    private static String mac(long mac) {
        return "%012x".formatted(mac).replaceAll("..(?=.)", "$0:");
    }

    private static String ip(long ip) {
        return (ip >>> 24) + "." + (ip >>> 16 & 255) + "." + (ip >>> 8 & 255) + "." + (ip & 255);
    }

    Packet packet() {
        Packet p = new Packet();
        p.fields.put(OxmField.IN_PORT, 1L + random.nextInt(PORTS));
        if (version == Version.V1_3) {
            p.fields.put(OxmField.TUNNEL_ID, 0L);
        }
        p.fields.put(OxmField.ETH_DST, one(MACS));
        p.fields.put(OxmField.ETH_SRC, one(MACS));
        if (random.nextBoolean()) {
            p.fields.put(OxmField.VLAN_VID, 0x1000L | random.nextInt(6));
            p.fields.put(OxmField.VLAN_PCP, (long) random.nextInt(2));
        } else {
            p.fields.put(OxmField.VLAN_VID, 0L);
        }
        int type = TYPES[random.nextInt(TYPES.length)];
        p.fields.put(OxmField.ETH_TYPE, (long) type);
        if (type == 0x0806) {
            p.fields.put(OxmField.ARP_OP, 1L);
            p.fields.put(OxmField.ARP_SPA, one(IPS));
            p.fields.put(OxmField.ARP_TPA, one(IPS));
            p.fields.put(OxmField.ARP_SHA, one(MACS));
            p.fields.put(OxmField.ARP_THA, one(MACS));
        } else if (type == 0x0800) {
            p.fields.put(OxmField.IP_DSCP, (long) random.nextInt(2));
            p.fields.put(OxmField.IP_ECN, 0L);
            p.fields.put(OxmField.IPV4_SRC, one(IPS));
            p.fields.put(OxmField.IPV4_DST, one(IPS));
            boolean tcp = random.nextBoolean();
            p.fields.put(OxmField.IP_PROTO, tcp ? 6L : 17L);
            p.fields.put(tcp ? OxmField.TCP_SRC : OxmField.UDP_SRC, (long) random.nextInt(8));
            p.fields.put(tcp ? OxmField.TCP_DST : OxmField.UDP_DST, (long) random.nextInt(8));
        }
        return p;
    }

    /** The packet on the wire. */
    static Bytes frame(Packet p) {
        ByteBuffer b = ByteBuffer.allocate(80);
        mac(b, p.get(OxmField.ETH_DST));
        mac(b, p.get(OxmField.ETH_SRC));
        if (p.tagged()) {
            b.putShort((short) 0x8100)
                    .putShort((short) (p.get(OxmField.VLAN_PCP) << 13 | p.get(OxmField.VLAN_VID) & 0xfff));
        }
        int type = (int) p.get(OxmField.ETH_TYPE);
        b.putShort((short) type);
        if (type == 0x0806) {
            b.putInt(0x00010800).putShort((short) 0x0604).putShort((short) p.get(OxmField.ARP_OP));
            mac(b, p.get(OxmField.ARP_SHA));
            b.putInt((int) p.get(OxmField.ARP_SPA));
            mac(b, p.get(OxmField.ARP_THA));
            b.putInt((int) p.get(OxmField.ARP_TPA));
        } else if (type == 0x0800) {
            b.put((byte) 0x45).put((byte) (p.get(OxmField.IP_DSCP) << 2)).putShort((short) 40);
            b.putInt(0).put((byte) 64).put((byte) p.get(OxmField.IP_PROTO)).putShort((short) 0);
            b.putInt((int) p.get(OxmField.IPV4_SRC)).putInt((int) p.get(OxmField.IPV4_DST));
            boolean tcp = p.get(OxmField.IP_PROTO) == 6;
            b.putShort((short) p.get(tcp ? OxmField.TCP_SRC : OxmField.UDP_SRC));
            b.putShort((short) p.get(tcp ? OxmField.TCP_DST : OxmField.UDP_DST));
        }
        byte[] bytes = new byte[b.position()];
        b.flip().get(bytes);
        return Bytes.of(bytes);
    }

    private static void mac(ByteBuffer b, long mac) {
        b.putShort((short) (mac >>> 32)).putInt((int) mac);
    }

    /** A few fields of a packet, some of them wider. */
    Match match() {
        Packet p = packet();
        Match match = Match.ANY;
        List<Oxm> fields = new ArrayList<>();
        if (random.nextInt(3) == 0) {
            fields.add(OxmField.IN_PORT.is(p.get(OxmField.IN_PORT)));
        }
        if (random.nextInt(4) == 0) {
            fields.add(OxmField.ETH_SRC.is(p.get(OxmField.ETH_SRC)));
        }
        if (random.nextInt(3) == 0) {
            fields.add(OxmField.VLAN_VID.is(p.get(OxmField.VLAN_VID)));
        }
        if (random.nextBoolean()) {
            fields.add(OxmField.ETH_TYPE.is(p.get(OxmField.ETH_TYPE)));
            if (p.get(OxmField.ETH_TYPE) == 0x800) {
                if (random.nextBoolean()) {
                    fields.add(OxmField.IPV4_DST.masked(
                            p.get(OxmField.IPV4_DST), 0xffffffffL << 8 * random.nextInt(4) & 0xffffffffL));
                }
                if (random.nextBoolean()) {
                    fields.add(OxmField.IP_PROTO.is(p.get(OxmField.IP_PROTO)));
                    if (p.get(OxmField.IP_PROTO) == 6 && random.nextBoolean()) {
                        fields.add(OxmField.TCP_DST.is(p.get(OxmField.TCP_DST)));
                    }
                }
            }
        }
        return fields.isEmpty() ? match : new Match(fields);
    }

    /** Actions that the match allows a switch to carry out. */
    List<Action> actions(Match match, boolean set) {
        List<Action> actions = new ArrayList<>();
        boolean ip =
                match.field(OxmField.ETH_TYPE).filter(f -> f.low() == 0x800).isPresent();
        boolean tcp = match.field(OxmField.IP_PROTO).filter(f -> f.low() == 6).isPresent();
        boolean tagged =
                match.field(OxmField.VLAN_VID).filter(f -> f.low() != 0).isPresent();
        for (int n = random.nextInt(4); n > 0; n--) {
            switch (random.nextInt(9)) {
                case 0 -> actions.add(new Action.SetField(OxmField.ETH_SRC.is(one(MACS))));
                case 1 -> {
                    if (tagged || version == Version.V1_0) {
                        actions.add(new Action.SetField(OxmField.VLAN_VID.is(0x1000 | random.nextInt(6))));
                    }
                }
                case 2 -> {
                    if (ip || version == Version.V1_0) {
                        actions.add(new Action.SetField(OxmField.IPV4_DST.is(one(IPS))));
                    }
                }
                case 3 -> {
                    if (version == Version.V1_0) {
                        actions.add(new Action.SetTransport(true, random.nextInt(8)));
                    } else if (tcp) {
                        actions.add(new Action.SetField(OxmField.TCP_DST.is(random.nextInt(8))));
                    }
                }
                case 4 -> {
                    if (version == Version.V1_3) {
                        actions.add(new Action.PushVlan(0x8100));
                        tagged = true;
                        ip = false;
                        tcp = false;
                    }
                }
                case 5 -> {
                    if (tagged || version == Version.V1_0) {
                        actions.add(new Action.PopVlan());
                        tagged = false;
                    }
                }
                default -> actions.add(new Action.Output(port()));
            }
        }
        actions.add(new Action.Output(set ? 1 + random.nextInt(PORTS) : port()));
        return actions;
    }

    private int port() {
        return switch (random.nextInt(7)) {
            case 0 -> Ports.FLOOD;
            case 1 -> Ports.ALL;
            case 2 -> Ports.IN_PORT;
            case 3 -> Ports.CONTROLLER;
            default -> 1 + random.nextInt(PORTS);
        };
    }

    FlowMod flowMod() {
        Match match = match();
        int table = version == Version.V1_0 ? 0 : random.nextInt(3);
        List<Instruction> instructions = new ArrayList<>();
        if (random.nextInt(8) != 0) {
            instructions.add(new Instruction.ApplyActions(actions(match, false)));
        }
        if (version == Version.V1_3) {
            if (random.nextInt(3) == 0) {
                instructions.add(new Instruction.WriteActions(actions(match, true).stream()
                        .filter(a ->
                                !(a instanceof Action.Output o) || Integer.compareUnsigned(o.port(), Ports.MAX) < 0)
                        .toList()));
            }
            if (table < 2 && random.nextBoolean()) {
                instructions.add(new Instruction.GotoTable(2));
            }
        }
        FlowMod.Command command =
                random.nextInt(3) > 0 ? FlowMod.Command.ADD : FlowMod.Command.values()[random.nextInt(5)];
        int priority = random.nextInt(0x10000);
        return new FlowMod(
                command,
                new FlowEntry(table, priority, random.nextLong(), match, instructions),
                0,
                0,
                0,
                Ports.NO_BUFFER,
                Ports.ANY,
                Ports.ANY,
                random.nextInt(2));
    }
}
