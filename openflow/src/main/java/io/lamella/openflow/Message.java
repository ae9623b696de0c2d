package io.lamella.openflow;

import java.util.List;
import java.util.OptionalInt;

/** What switch and controller tell each other. The transaction id travels beside it. */
public sealed interface Message
        permits FlowMod,
                Message.Common,
                Message.Hello,
                Message.Features,
                Message.PacketIn,
                Message.FlowRemoved,
                Message.PortStatus,
                Message.PacketOut,
                Message.BarrierRequest,
                Message.BarrierReply,
                MultipartRequest,
                MultipartReply {
    /** What has the same bytes in versions 1.0 and 1.3. */
    sealed interface Common extends Message
            permits Error, EchoRequest, EchoReply, FeaturesRequest, GetConfigRequest, Config, SetConfig, Other {}

    /**
     * The first message of both sides (section A.5.1).
     *
     * @param version the highest version that the sender speaks, as numbered on the wire: 1 is 1.0, 4 is 1.3
     * @param bitmap bit n says that version n is spoken; 0 where the sender gives no bitmap
     */
    record Hello(int version, int bitmap) implements Message {
        /** The version that both sides shall speak, by the rules of section 6.3.1; empty where there is none. */
        public OptionalInt agree(Hello other) {
            if (bitmap != 0 && other.bitmap != 0) {
                int common = bitmap & other.bitmap;
                return common == 0 ? OptionalInt.empty() : OptionalInt.of(31 - Integer.numberOfLeadingZeros(common));
            }
            int lower = Math.min(version, other.version);
            return speaks(lower) && other.speaks(lower) ? OptionalInt.of(lower) : OptionalInt.empty();
        }

        private boolean speaks(int wanted) {
            return bitmap == 0 ? wanted <= version : wanted < 32 && (bitmap >>> wanted & 1) != 0;
        }
    }

    /**
     * A refusal (section A.4.4). Its transaction id is the refused request's.
     *
     * @param data at least the first 64 bytes of the refused request
     */
    record Error(int type, int code, Bytes data) implements Common {
        /** The names that the specification gives to type and code, such as {@code FLOW_MOD_FAILED TABLE_FULL}. */
        public String reason() {
            return ErrorType.describe(type, code);
        }
    }

    record EchoRequest(Bytes data) implements Common {}

    record EchoReply(Bytes data) implements Common {}

    record FeaturesRequest() implements Common {}

    /**
     * What a switch is (section A.3.1).
     *
     * @param buffers how many packets it can buffer
     * @param auxiliary 0 for the main connection
     * @param capabilities OFPC bits
     * @param actions bits of the actions that it knows; version 1.0 only, otherwise 0
     * @param ports version 1.0 only, which has no other way to ask for them; otherwise empty
     */
    record Features(
            long datapath,
            int buffers,
            int tables,
            int auxiliary,
            int capabilities,
            int actions,
            List<MultipartReply.PortDescription> ports)
            implements Message {
        public Features {
            ports = List.copyOf(ports);
        }

        public Features(long datapath, int buffers, int tables, int auxiliary, int capabilities) {
            this(datapath, buffers, tables, auxiliary, capabilities, 0, List.of());
        }
    }

    record GetConfigRequest() implements Common {}

    /**
     * How a switch treats packets (section A.3.2).
     *
     * @param flags OFPC_FRAG bits
     * @param missLength how many bytes of a packet that misses go to the controller
     */
    record Config(int flags, int missLength) implements Common {}

    /** Sets what {@link Config} tells. */
    record SetConfig(int flags, int missLength) implements Common {}

    /**
     * A packet for the controller (section A.4.1).
     *
     * @param length of the whole packet in bytes; {@code data} may be shorter
     * @param reason OFPR number
     * @param match the packet's metadata, at least its ingress port
     */
    record PacketIn(int buffer, int length, int reason, int table, long cookie, Match match, Bytes data)
            implements Message {}

    /**
     * An entry is gone (section A.4.2).
     *
     * @param entry without instructions
     * @param reason OFPRR number
     * @param seconds since it was added, and {@code nanos} beyond them
     * @param packets the number of frames that matched
     */
    record FlowRemoved(
            FlowEntry entry,
            int reason,
            int seconds,
            int nanos,
            int idleTimeout,
            int hardTimeout,
            long packets,
            long bytes)
            implements Message {}

    /**
     * A port came, went or changed (section A.4.3).
     *
     * @param reason OFPPR number
     */
    record PortStatus(int reason, MultipartReply.PortDescription port) implements Message {
        public static final int ADDED = 0;
        public static final int DELETED = 1;
    }

    /** A packet that the switch shall send (section A.3.7). */
    record PacketOut(int buffer, int inPort, List<Action> actions, Bytes data) implements Message {
        public PacketOut {
            actions = List.copyOf(actions);
        }
    }

    record BarrierRequest() implements Message {}

    record BarrierReply() implements Message {}

    /** A message of another type, as it came. */
    record Other(int type, Bytes body) implements Common {}
}
