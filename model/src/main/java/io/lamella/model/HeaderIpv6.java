package io.lamella.model;

import java.net.InetAddress;
import java.nio.ByteBuffer;

/** IPv6 addresses as text (RFC 4291 section 2.2, written as RFC 5952 wants it). */
final class HeaderIpv6 {
    private HeaderIpv6() {}

    /** @throws IllegalArgumentException where the text is no address */
    static HeaderBits parse(String text) {
        if (!text.matches("[0-9a-fA-F:.]{2,45}") || text.indexOf(':') < 0) {
            throw new IllegalArgumentException(text);
        }
        byte[] octets = InetAddress.ofLiteral(text).getAddress();
        if (octets.length == 4) { // Java turns an IPv4-mapped address into the IPv4 address within it
            long address = Integer.toUnsignedLong(ByteBuffer.wrap(octets).getInt());
            return HeaderBits.prefix(0, 0xffff_0000_0000L | address, 128);
        }
        ByteBuffer buffer = ByteBuffer.wrap(octets);
        return HeaderBits.prefix(buffer.getLong(), buffer.getLong(), 128);
    }

    static String text(long high, long low) {
        int[] groups = new int[8];
        for (int i = 0; i < 8; i++) {
            groups[i] = (int) ((i < 4 ? high : low) >>> (48 - 16 * (i % 4)) & 0xffff);
        }
        int gap = -1;
        int gapLength = 1; // a single zero group is not shortened
        for (int i = 0; i < 8; i++) {
            int end = i;
            while (end < 8 && groups[end] == 0) {
                end++;
            }
            if (end - i > gapLength) {
                gap = i;
                gapLength = end - i;
            }
        }
        StringBuilder s = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == gap) {
                s.append("::");
                i += gapLength - 1;
            } else {
                s.append(s.isEmpty() || s.charAt(s.length() - 1) == ':' ? "" : ":")
                        .append(Integer.toHexString(groups[i]));
            }
        }
        return s.toString();
    }
}
