package io.lamella.openflow;

/** A request whose answer may need several messages (section A.3.5). */
public sealed interface MultipartRequest extends Message {
    record Description() implements MultipartRequest {}

    /**
     * Flow entries.
     *
     * @param table or {@link Ports#ALL_TABLES}
     * @param outPort only entries that output there, or {@link Ports#ANY}
     * @param cookieMask the bits of an entry's cookie that must equal {@code cookie}
     * @param match only entries that are at least as narrow
     */
    record Flows(int table, int outPort, int outGroup, long cookie, long cookieMask, Match match)
            implements MultipartRequest {
        public static final Flows ALL = new Flows(Ports.ALL_TABLES, Ports.ANY, Ports.ANY, 0, 0, Match.ANY);

        /** The entries of {@code table} whose cookie equals {@code cookie} in the bits of {@code mask}. */
        public static Flows of(int table, long cookie, long mask) {
            return new Flows(table, Ports.ANY, Ports.ANY, cookie, mask, Match.ANY);
        }
    }

    /** The sums over the flow entries that {@code flows} would list. */
    record Aggregate(Flows flows) implements MultipartRequest {}

    /** @param port or {@link Ports#ANY} */
    record PortStats(int port) implements MultipartRequest {}

    /**
     * @param port or {@link Ports#ANY}
     * @param queue or 0xffffffff for all
     */
    record QueueStats(int port, int queue) implements MultipartRequest {}

    record Tables() implements MultipartRequest {}

    record PortDescriptions() implements MultipartRequest {}

    /** A request of another type, as it came. */
    record Other(int multipartType, int flags, Bytes body) implements MultipartRequest {}
}
