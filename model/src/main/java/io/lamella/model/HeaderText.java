package io.lamella.model;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Sets of one field as people write them: {@code 80}, {@code 0x50}, {@code 1000-1999}, {@code 10.0.0.0/8},
 * {@code 01:00:00:00:00:00/01:00:00:00:00:00}, {@code fe80::/10}, {@code tcp}.
 */
final class HeaderText {
    /** The largest number of an ordinary port, OFPP_MAX (OpenFlow 1.3.5 section 7.2.1). */
    static final long PORT_MAX = 0xffff_ff00L;
    /** OFPP_LOCAL and OFPP_CONTROLLER as values of {@link HeaderField#IN_PORT}. */
    static final long LOCAL = PORT_MAX + 1;

    static final long CONTROLLER = PORT_MAX + 2;

    private static final Map<String, Long> ETH_TYPES =
            words("ipv4", 0x0800, "arp", 0x0806, "ipv6", 0x86dd, "mpls", 0x8847, "pbb", 0x88e7, "lldp", 0x88cc);
    private static final Map<String, Long> IP_PROTOS = words("icmp", 1, "tcp", 6, "udp", 17, "icmpv6", 58, "sctp", 132);
    private static final Map<String, Long> PORTS = words("local", LOCAL, "controller", CONTROLLER);

    private final String path;
    private final HeaderField field;
    private final String text;

    private HeaderText(String path, HeaderField field, String text) {
        this.path = path;
        this.field = field;
        this.text = text;
    }

    /** @param path what the field is called in a refusal */
    static HeaderSet parse(String path, HeaderField field, String text) {
        HeaderText t = new HeaderText(path, field, text.strip());
        return switch (field.form()) {
            case MAC, IPV4, IPV6 -> t.bits();
            default -> t.range();
        };
    }

    private static Map<String, Long> words(Object... pairs) {
        Map<String, Long> map = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put((String) pairs[i], ((Number) pairs[i + 1]).longValue());
        }
        return map;
    }

    private static Map<String, Long> words(HeaderField field) {
        return switch (field.form()) {
            case ETH_TYPE -> ETH_TYPES;
            case IP_PROTO -> IP_PROTOS;
            case PORT -> PORTS;
            default -> Map.of();
        };
    }

    private HeaderSet range() {
        if (field.form() == HeaderField.Form.VLAN && text.equals("none")) {
            return HeaderRange.exactly(0);
        }
        if (field.form() == HeaderField.Form.VLAN && text.equals("any")) {
            return new HeaderRange(1, field.all().high());
        }
        int slash = text.indexOf('/');
        if (slash >= 0) {
            return masked(text.substring(0, slash), text.substring(slash + 1));
        }
        int dash = text.indexOf('-');
        long low = number(dash < 0 ? text : text.substring(0, dash));
        long high = dash < 0 ? low : number(text.substring(dash + 1));
        if (Long.compareUnsigned(low, high) > 0) {
            throw Refusal.invalid(path, text, "a range from the lower number to the higher one");
        }
        return new HeaderRange(low, high);
    }

    /** A mask of leading ones makes a range; other masks of numbers would be many ranges. */
    private HeaderSet masked(String value, String mask) {
        long full = field.all().high();
        boolean maskable = field.form() == HeaderField.Form.NUMBER || field.form() == HeaderField.Form.DATAPATH;
        long v = maskable ? number(value) : 0;
        long free = maskable ? ~number(mask) & full : 0;
        if (!maskable || (free & (free + 1)) != 0 || (v & free) != 0) {
            throw Refusal.invalid(
                    path,
                    text,
                    maskable
                            ? "a value without bits outside its mask, and a mask whose ones all come first"
                            : allowed());
        }
        return new HeaderRange(v, v | free);
    }

    private long number(String digits) {
        Long word = words(field).get(digits);
        if (word != null) {
            return word;
        }
        long n;
        try {
            n = unsigned(digits);
        } catch (NumberFormatException e) {
            throw Refusal.invalid(path, text, allowed());
        }
        boolean vlan = field.form() == HeaderField.Form.VLAN;
        long highest =
                field.form() == HeaderField.Form.PORT ? PORT_MAX : field.all().high() - (vlan ? 1 : 0);
        if (Long.compareUnsigned(n, field.all().low()) < 0 || Long.compareUnsigned(n, highest) > 0) {
            throw Refusal.invalid(path, text, allowed());
        }
        return vlan ? n + 1 : n;
    }

    private long unsigned(String digits) {
        if (field.form() == HeaderField.Form.DATAPATH && digits.matches("[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){7}")) {
            return Long.parseUnsignedLong(digits.replace(":", ""), 16);
        }
        if (digits.startsWith("0x")) {
            return Long.parseUnsignedLong(digits, 2, digits.length(), 16);
        }
        if (!digits.matches("[0-9]{1,20}")) {
            throw new NumberFormatException(digits);
        }
        return Long.parseUnsignedLong(digits);
    }

    private String allowed() {
        HeaderSet all = field.all();
        String example = " or a range such as ";
        return switch (field.form()) {
            case NUMBER -> "a number from 0 to " + Long.toUnsignedString(all.high()) + example + "0-1, or a value/mask";
            case DATAPATH ->
                "the name of a datapath of this file, an id such as 00:00:00:00:00:00:00:01 or 0x1," + example.strip()
                        + " 1-2";
            case PORT -> "a port number from 1 to " + PORT_MAX + ", local, controller," + example + "1-4";
            case ETH_TYPE ->
                "a number from 0x05ff to 0xffff, " + String.join(", ", ETH_TYPES.keySet()) + example + "0x8847-0x8848";
            case VLAN -> "a VLAN id from 0 to 4095, none, any," + example + "100-199";
            case IP_PROTO -> "a number from 0 to 255, " + String.join(", ", IP_PROTOS.keySet()) + "," + example + "0-5";
            case MAC -> "a MAC address such as 02:00:00:00:00:01, perhaps with a mask behind a slash";
            case IPV4 -> "an IPv4 address such as 10.0.0.2, perhaps with a prefix length or a mask behind a slash";
            case IPV6 -> "an IPv6 address such as fd00::2, perhaps with a prefix length or a mask behind a slash";
        };
    }

    private HeaderSet bits() {
        int slash = text.indexOf('/');
        HeaderBits value = address(slash < 0 ? text : text.substring(0, slash));
        HeaderBits mask = slash < 0 ? value : mask(text.substring(slash + 1));
        HeaderBits set = new HeaderBits(value.value(), value.rest(), mask.mask(), mask.maskRest());
        if (set.value() != value.value() || set.rest() != value.rest()) {
            throw Refusal.invalid(
                    path, text, "an address without bits outside its mask, here " + HeaderText.text(field, set));
        }
        return set;
    }

    private HeaderBits address(String part) {
        int bits = field.form().bits();
        try {
            return switch (field.form()) {
                case MAC -> HeaderBits.prefix(MacAddress.parse(path, part).bits() << 16, 0, bits);
                case IPV4 -> HeaderBits.prefix((long) Ipv4.parse(path, part).bits() << 32, 0, bits);
                default -> HeaderIpv6.parse(part);
            };
        } catch (Refusal | IllegalArgumentException e) {
            throw Refusal.invalid(path, text, allowed());
        }
    }

    /** A set with the mask that is written behind a slash: as a prefix length, or like an address. */
    private HeaderBits mask(String part) {
        int bits = field.form().bits();
        if (field.form() != HeaderField.Form.MAC && part.matches("[0-9]{1,3}") && Integer.parseInt(part) <= bits) {
            return HeaderBits.prefix(0, 0, Integer.parseInt(part));
        }
        HeaderBits mask = address(part);
        return new HeaderBits(0, 0, mask.value(), mask.rest());
    }

    /** Written so that {@link #parse} reads the same set. */
    static String text(HeaderField field, HeaderSet set) {
        if (set instanceof HeaderBits b) {
            return text(field, b);
        }
        if (field == HeaderField.VLAN_VID
                && set.equals(new HeaderRange(1, field.all().high()))) {
            return "any";
        }
        String low = number(field, set.low());
        return set.low() == set.high() ? low : low + "-" + number(field, set.high());
    }

    private static String number(HeaderField field, long n) {
        for (Map.Entry<String, Long> word : words(field).entrySet()) {
            if (word.getValue() == n) {
                return word.getKey();
            }
        }
        return switch (field.form()) {
            case DATAPATH -> "%016x".formatted(n).replaceAll("..(?=.)", "$0:");
            case ETH_TYPE -> "0x%04x".formatted(n);
            case VLAN -> n == 0 ? "none" : Long.toString(n - 1);
            default -> Long.toUnsignedString(n);
        };
    }

    private static String text(HeaderField field, HeaderBits b) {
        int length = b.prefixLength();
        String address = address(field, b.value(), b.rest());
        if (length == field.form().bits()) {
            return address;
        }
        boolean asLength = length >= 0 && field.form() != HeaderField.Form.MAC;
        return address + "/" + (asLength ? Integer.toString(length) : address(field, b.mask(), b.maskRest()));
    }

    private static String address(HeaderField field, long value, long rest) {
        return switch (field.form()) {
            case MAC -> new MacAddress(value >>> 16).toString();
            case IPV4 -> new Ipv4((int) (value >>> 32)).toString();
            default -> HeaderIpv6.text(value, rest);
        };
    }
}
