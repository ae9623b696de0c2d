package io.lamella.model;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;

/**
 * Decides by plain reading whether a packet matches a rule. It shares nothing with the algebra: packets are made as
 * stacks of headers that have only their own fields, so that prerequisites need no rule here.
 */
final class HeaderOracle {
    private static final List<String> MACS =
            List.of("02:00:00:00:00:01", "02:00:00:00:00:02", "03:00:00:00:00:01", "ff:ff:ff:ff:ff:ff");
    private static final List<String> IPV4S = List.of("10.0.0.1", "10.0.0.2", "10.0.1.1", "10.1.0.1", "192.168.0.1");
    private static final List<String> IPV6S = List.of("fd00::1", "fd00::2", "fd00:0:0:1::1", "fe80::1", "ff02::1");

    private HeaderOracle() {}

    /** A packet with few different values, so that rules often match it. */
    static Map<String, String> packet(Random random) {
        Map<String, String> p = new LinkedHashMap<>();
        p.put("datapath", "0x" + (1 + random.nextInt(3)));
        p.put("in_port", one(random, List.of("1", "2", "3", "local")));
        p.put("tunnel_id", small(random, 3));
        p.put("eth_dst", one(random, MACS));
        p.put("eth_src", one(random, MACS));
        if (random.nextBoolean()) {
            p.put("vlan_vid", small(random, 4));
            p.put("vlan_pcp", small(random, 8));
        } else {
            p.put("vlan_vid", "none");
        }
        switch (random.nextInt(6)) {
            case 0 -> {
                p.put("eth_type", "0x0806");
                p.put("arp_op", small(random, 3));
                fill(p, () -> one(random, IPV4S), "arp_spa", "arp_tpa");
                fill(p, () -> one(random, MACS), "arp_sha", "arp_tha");
            }
            case 1 -> {
                p.put("eth_type", random.nextBoolean() ? "0x8847" : "0x8848");
                fill(p, () -> small(random, 2), "mpls_label", "mpls_tc", "mpls_bos");
            }
            case 2 -> p.put("eth_type", one(random, List.of("0x88cc", "0x05ff", "0xffff")));
            case 3, 4 -> {
                p.put("eth_type", "0x0800");
                fill(p, () -> one(random, IPV4S), "ipv4_src", "ipv4_dst");
                ip(p, random, "1", "icmpv4");
            }
            default -> {
                p.put("eth_type", "0x86dd");
                p.put("ipv6_flabel", small(random, 2));
                fill(p, () -> one(random, IPV6S), "ipv6_src", "ipv6_dst");
                ip(p, random, "58", "icmpv6");
                String type = p.getOrDefault("icmpv6_type", "");
                if (type.equals("135") || type.equals("136")) {
                    p.put("ipv6_nd_target", one(random, IPV6S));
                    p.put(type.equals("135") ? "ipv6_nd_sll" : "ipv6_nd_tll", one(random, MACS));
                }
            }
        }
        return p;
    }

    private static void ip(Map<String, String> p, Random random, String icmpNumber, String icmp) {
        fill(p, () -> small(random, 3), "ip_dscp", "ip_ecn");
        switch (random.nextInt(5)) {
            case 0 -> transport(p, random, "6", "tcp");
            case 1 -> transport(p, random, "17", "udp");
            case 2 -> transport(p, random, "132", "sctp");
            case 3 -> {
                p.put("ip_proto", icmpNumber);
                p.put(icmp + "_type", one(random, List.of("8", "135", "136")));
                p.put(icmp + "_code", small(random, 2));
            }
            default -> p.put("ip_proto", one(random, List.of("0", "47", "255", icmp.equals("icmpv4") ? "58" : "1")));
        }
    }

    private static void transport(Map<String, String> p, Random random, String number, String name) {
        p.put("ip_proto", number);
        fill(p, () -> small(random, 5), name + "_src", name + "_dst");
    }

    private static void fill(Map<String, String> p, Supplier<String> value, String... fields) {
        for (String f : fields) {
            p.put(f, value.get());
        }
    }

    private static String small(Random random, int bound) {
        return Integer.toString(random.nextInt(bound));
    }

    private static String one(Random random, List<String> values) {
        return values.get(random.nextInt(values.size()));
    }

    /** A match of a few fields of one packet or of two, so that some contradict themselves. */
    static Map<String, String> match(Random random) {
        Map<String, String> match = new LinkedHashMap<>();
        for (int i = random.nextInt(5) == 0 ? 2 : 1; i > 0; i--) {
            Map<String, String> packet = packet(random);
            List<String> fields = List.copyOf(packet.keySet());
            for (int n = random.nextInt(4); n > 0; n--) {
                String field = one(random, fields);
                match.put(field, set(random, field, packet.getOrDefault(field, "")));
            }
        }
        return match;
    }

    /** The value itself, or a set around it. */
    private static String set(Random random, String field, String value) {
        if (random.nextBoolean()) {
            return value;
        }
        if (value.contains(".")) {
            String[] o = value.split("\\.");
            return switch (random.nextInt(3)) {
                case 0 -> o[0] + "." + o[1] + "." + o[2] + ".0/24";
                case 1 -> o[0] + "." + o[1] + ".0.0/255.255.0.0";
                default -> "0.0.0." + (Integer.parseInt(o[3]) & 3) + "/0.0.0.3";
            };
        }
        if (value.contains("::")) {
            return random.nextBoolean()
                    ? value.substring(0, 4) + "::/16"
                    : "::" + value.charAt(value.length() - 1) + "/::f";
        }
        if (value.contains(":")) {
            return random.nextBoolean()
                    ? (value.startsWith("02") ? "00" : "01") + ":00:00:00:00:00/01:00:00:00:00:00"
                    : value.substring(0, 15) + "00/ff:ff:ff:ff:ff:00";
        }
        if (value.equals("none") || value.equals("local")) {
            return value;
        }
        boolean hex = value.startsWith("0x");
        int n = Integer.parseInt(hex ? value.substring(2) : value, hex ? 16 : 10);
        int low =
                field.equals("eth_type") ? Math.max(0x5ff, n - random.nextInt(3)) : Math.max(1, n - random.nextInt(3));
        int high = field.equals("vlan_pcp") ? 7 : field.equals("mpls_bos") ? 1 : n + random.nextInt(3);
        high = field.equals("eth_type")
                ? Math.min(0xffff, high)
                : field.equals("ip_proto") ? Math.min(255, high) : high;
        return low > n || high < low || field.equals("ip_ecn") ? value : low + "-" + high;
    }

    /** Whether the packet has every field of the match, with a value that the match allows. */
    static boolean matches(Map<String, String> match, Map<String, String> packet) {
        return match.entrySet().stream().allMatch(e -> {
            String value = packet.get(e.getKey());
            return value != null && allows(e.getKey(), e.getValue(), value);
        });
    }

    private static boolean allows(String field, String set, String value) {
        if (field.equals("vlan_vid") && set.equals("any")) {
            return !value.equals("none");
        }
        if (set.contains("/")) {
            int slash = set.indexOf('/');
            String behind = set.substring(slash + 1);
            BigInteger mask = behind.matches("[0-9]+")
                    ? ones(Integer.parseInt(behind), set.contains(":") ? 128 : 32)
                    : number(behind);
            return number(value).and(mask).equals(number(set.substring(0, slash)));
        }
        if (set.matches("(0x)?[0-9a-f]+-(0x)?[0-9a-f]+")) {
            BigInteger low = number(set.substring(0, set.indexOf('-')));
            BigInteger high = number(set.substring(set.indexOf('-') + 1));
            return !value.matches("none|local|controller")
                    && number(value).compareTo(low) >= 0
                    && number(value).compareTo(high) <= 0;
        }
        return number(set).equals(number(value));
    }

    private static BigInteger ones(int length, int bits) {
        return BigInteger.ONE.shiftLeft(length).subtract(BigInteger.ONE).shiftLeft(bits - length);
    }

    /** A number far from all others for each word. */
    private static BigInteger number(String text) {
        return switch (text) {
            case "none", "controller" -> BigInteger.valueOf(-1);
            case "local" -> BigInteger.valueOf(-2);
            case "ipv4" -> BigInteger.valueOf(0x0800);
            case "arp" -> BigInteger.valueOf(0x0806);
            case "ipv6" -> BigInteger.valueOf(0x86dd);
            case "mpls" -> BigInteger.valueOf(0x8847);
            case "lldp" -> BigInteger.valueOf(0x88cc);
            case "pbb" -> BigInteger.valueOf(0x88e7);
            case "icmp" -> BigInteger.ONE;
            case "tcp" -> BigInteger.valueOf(6);
            case "udp" -> BigInteger.valueOf(17);
            case "icmpv6" -> BigInteger.valueOf(58);
            case "sctp" -> BigInteger.valueOf(132);
            default -> digits(text);
        };
    }

    private static BigInteger digits(String text) {
        if (text.matches("[0-9]+\\.[0-9.]+")) {
            BigInteger n = BigInteger.ZERO;
            for (String part : text.split("\\.")) {
                n = n.shiftLeft(8).add(new BigInteger(part));
            }
            return n;
        }
        if (text.matches("([0-9a-f]{2}:){5,7}[0-9a-f]{2}")) {
            return new BigInteger(text.replace(":", ""), 16);
        }
        if (text.contains(":")) {
            int gap = text.indexOf("::");
            String head = gap < 0 ? text : text.substring(0, gap);
            String tail = gap < 0 ? "" : text.substring(gap + 2);
            int zeros = 8 - groups(head) - groups(tail);
            String all = head + (head.isEmpty() ? "" : ":") + "0:".repeat(zeros) + tail + ":";
            BigInteger n = BigInteger.ZERO;
            for (String group : all.split(":")) {
                n = group.isEmpty() ? n : n.shiftLeft(16).add(new BigInteger(group, 16));
            }
            return n;
        }
        return text.startsWith("0x") ? new BigInteger(text.substring(2), 16) : new BigInteger(text);
    }

    private static int groups(String text) {
        return text.isEmpty() ? 0 : text.split(":").length;
    }

    /**
     * A whole packet with the fields given, all others at random; empty map where no packet has these fields together.
     */
    static Map<String, String> complete(Map<String, String> fields, Random random) {
        for (int i = 0; i < 20_000; i++) {
            Map<String, String> p = packet(random);
            settle(p, fields, random);
            if (p.keySet().containsAll(fields.keySet())) {
                p.putAll(fields);
                return p;
            }
        }
        return Map.of();
    }

    /** A random packet can have any unknown Ethernet type and protocol; those that make fields come by chance. */
    private static void settle(Map<String, String> p, Map<String, String> fields, Random random) {
        String vlan = fields.get("vlan_vid");
        if (vlan != null && vlan.equals("none") != "none".equals(p.get("vlan_vid"))) {
            p.clear();
            return;
        }
        decide(p, fields, "eth_type", List.of("2048", "2054", "34525", "34887", "34888"));
        decide(p, fields, "ip_proto", List.of("1", "6", "17", "58", "132"));
        decide(p, fields, "icmpv6_type", List.of("135", "136"));
    }

    private static void decide(Map<String, String> p, Map<String, String> fields, String field, List<String> special) {
        String wanted = fields.get(field);
        String has = p.get(field);
        if (wanted == null || has == null) {
            return;
        }
        boolean both = special.contains(number(wanted).toString())
                ? number(wanted).equals(number(has))
                : !special.contains(number(has).toString());
        if (!both) {
            p.clear();
        }
    }

    /** Three slices of up to four rules each. */
    static FlowSpace flowSpace(Random random) {
        List<FlowSpaceSlice> slices = new ArrayList<>();
        for (String name : List.of("a", "b", "c")) {
            List<FlowSpaceRule> rules = new ArrayList<>();
            for (int i = random.nextInt(5); i > 0; i--) {
                rules.add(new FlowSpaceRule(
                        Optional.empty(),
                        Optional.of(random.nextInt(3)),
                        FlowSpacePermission.values()[random.nextInt(3)],
                        match(random)));
            }
            slices.add(FlowSpaceSlice.of(name, List.of(), rules));
        }
        return new FlowSpace(List.of(), List.of(), slices);
    }
}
