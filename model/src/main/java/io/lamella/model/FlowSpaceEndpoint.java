package io.lamella.model;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a side of OpenFlow listens, such as {@code tcp:10.1.0.10:6653}.
 *
 * @param tls whether the connection is encrypted
 * @param host a name or an address; an IPv6 address without brackets
 */
public record FlowSpaceEndpoint(boolean tls, String host, int port) {
    private static final Pattern TEXT =
            Pattern.compile("(tcp|tls):(?:([A-Za-z0-9.-]+)|\\[([0-9a-fA-F:.]+)]):([0-9]{1,5})");

    public static FlowSpaceEndpoint parse(String field, String text) {
        Matcher m = TEXT.matcher(text);
        int port = m.matches() ? Integer.parseInt(m.group(4)) : 0;
        if (port == 0 || port > 65535) {
            throw Refusal.invalid(field, text, "tcp:HOST:PORT or tls:HOST:PORT, such as tcp:10.1.0.10:6653");
        }
        String name = m.group(2);
        return new FlowSpaceEndpoint(m.group(1).equals("tls"), name == null ? m.group(3) : name, port);
    }
}
