package io.lamella.flowspace;

import io.lamella.model.HeaderField;
import io.lamella.model.HeaderSpace;
import io.lamella.model.HeaderTerm;
import io.lamella.openflow.Action;
import io.lamella.openflow.Version;
import java.util.List;

/**
 * What packets may become by an action: never fewer than they do become. Who may see a packet must be asked of the result,
 * so more is safe and less is not.
 */
final class Effects {
    private static final HeaderSpace UNTAGGED = HeaderSpace.matching(
                    List.of(HeaderTerm.exactly(HeaderField.VLAN_VID, 0)))
            .orElseThrow();
    private static final HeaderSpace TAGGED = HeaderSpace.having(HeaderField.VLAN_PCP);
    private static final HeaderTerm NO_TAG = HeaderTerm.exactly(HeaderField.VLAN_VID, 0);
    private static final HeaderTerm TAG_ZERO = HeaderTerm.exactly(HeaderField.VLAN_VID, 0x1000);

    private Effects() {}

    /** Whether an action writes to packets at all. */
    static boolean writes(Action action) {
        return action instanceof Action.SetField
                || action instanceof Action.SetTransport
                || action instanceof Action.PushVlan
                || action instanceof Action.PopVlan;
    }

    /** @throws Refused where the action may not be used */
    static HeaderSpace after(HeaderSpace packets, Action action, Version version) {
        return switch (action) {
            case Action.SetField a -> {
                HeaderTerm value = Conditions.value(a.field()).orElseThrow(() -> new Refused(Fault.BAD_SET_FIELD));
                yield written(packets, value, version);
            }
            case Action.SetTransport a -> transport(packets, a, version);
            case Action.PopVlan a -> {
                // A second tag comes to light, so that nothing is known of what stood behind the first.
                HeaderSpace open = packets.upTo(HeaderField.ETH_SRC);
                HeaderSpace outer = packets.written(NO_TAG);
                yield doubleTagged(packets) ? outer.union(open) : outer;
            }
            case Action.PushVlan a -> {
                HeaderSpace fresh = packets.intersect(UNTAGGED)
                        .written(TAG_ZERO)
                        .written(HeaderTerm.exactly(HeaderField.VLAN_PCP, 0));
                yield fresh.union(packets.intersect(TAGGED).upTo(HeaderField.ETH_SRC));
            }
            default -> packets;
        };
    }

    private static boolean doubleTagged(HeaderSpace packets) {
        for (int type : new int[] {0x8100, 0x88a8}) {
            HeaderSpace inner = HeaderSpace.matching(List.of(HeaderTerm.exactly(HeaderField.ETH_TYPE, type)))
                    .orElseThrow();
            if (!packets.intersect(inner).isEmpty()) {
                return true;
            }
        }
        return false;
    }

    private static HeaderSpace transport(HeaderSpace packets, Action.SetTransport a, Version version) {
        HeaderSpace after = packets;
        for (HeaderField f : a.destination()
                ? List.of(HeaderField.TCP_DST, HeaderField.UDP_DST, HeaderField.SCTP_DST)
                : List.of(HeaderField.TCP_SRC, HeaderField.UDP_SRC, HeaderField.SCTP_SRC)) {
            after = written(after, HeaderTerm.exactly(f, a.port()), version);
        }
        HeaderField icmp = a.destination() ? HeaderField.ICMPV4_CODE : HeaderField.ICMPV4_TYPE;
        return written(after, HeaderTerm.exactly(icmp, a.port() & 0xff), version);
    }

    /** Packets without the field stay as they are; version 1.0 gives an untagged one a tag first. */
    private static HeaderSpace written(HeaderSpace packets, HeaderTerm value, Version version) {
        HeaderField field = value.field();
        boolean vlan = field == HeaderField.VLAN_VID || field == HeaderField.VLAN_PCP;
        HeaderSpace having = vlan ? TAGGED : HeaderSpace.having(field);
        HeaderSpace after = packets.intersect(having).written(value);
        HeaderSpace others = packets.minus(having);
        if (others.isEmpty()) {
            return after;
        }
        if (!vlan || version == Version.V1_3) {
            return after.union(others);
        }
        HeaderTerm zero = HeaderTerm.exactly(HeaderField.VLAN_PCP, 0);
        return after.union(others.written(TAG_ZERO).written(zero).written(value));
    }
}
