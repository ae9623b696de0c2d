package io.lamella.model;

import java.util.UUID;

/**
 * An Ethernet MAC address.
 *
 * @param bits the 48 bits, first octet highest
 */
public record MacAddress(long bits) {
    public MacAddress {
        if (bits >>> 48 != 0) {
            throw Refusal.invalid("mac", Long.toHexString(bits), "48 bits");
        }
    }

    public static MacAddress parse(String field, String text) {
        if (!text.matches("[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}")) {
            throw Refusal.invalid(field, text, "a MAC address such as 02:00:00:00:00:01");
        }
        return new MacAddress(Long.parseLong(text.replace(":", ""), 16));
    }

    /** A locally administered unicast address (IEEE 802 section 8.4) derived from {@code id}. */
    public static MacAddress derivedFrom(UUID id) {
        long mixed = id.getMostSignificantBits() * 0x9E3779B97F4A7C15L ^ id.getLeastSignificantBits();
        return new MacAddress((mixed & 0x00FF_FFFF_FFFFL) | 0x0200_0000_0000L);
    }

    @Override
    public String toString() {
        StringBuilder s = new StringBuilder(17);
        for (int shift = 40; shift >= 0; shift -= 8) {
            long octet = bits >>> shift & 255;
            s.append(Character.forDigit((int) (octet >>> 4), 16)).append(Character.forDigit((int) (octet & 15), 16));
            if (shift > 0) {
                s.append(':');
            }
        }
        return s.toString();
    }
}
