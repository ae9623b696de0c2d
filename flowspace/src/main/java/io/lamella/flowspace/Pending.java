package io.lamella.flowspace;

import io.lamella.openflow.Bytes;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What was sent to the switch on behalf of a controller, and may be answered.
 *
 * @param xid the controller's own
 * @param head the first bytes of the controller's own message, for errors
 */
record Pending(Tenant tenant, Controller controller, int xid, Bytes head, Purpose purpose) {
    /** What becomes of the answer. */
    sealed interface Purpose {}

    /** Only an error is ever answered. */
    record Change(SliceFlow flow) implements Purpose {}

    /** As above, of no flow. */
    record Deed() implements Purpose {}

    /** The answer is for the controller, its ports and queues cut to the slice's. */
    record Relay() implements Purpose {}

    /** The counters of flows, which come in several messages. */
    record Count(Question question, Map<Long, Counters> counters) implements Purpose {
        Count(Question question) {
            this(question, new HashMap<>());
        }
    }

    /** The tables' names and sizes, once their flows are counted. @param matches packets by table */
    record Tables(Map<Integer, Long> matches) implements Purpose {}

    /** What the controller wants to know of flows. */
    enum Kind {
        FLOWS,
        AGGREGATE,
        TABLES
    }

    record Question(Kind kind, List<SliceFlow> flows) {}

    /** Of one flow's entries together. */
    record Counters(long packets, long bytes, Duration age) {}

    boolean isQuestion() {
        return purpose instanceof Relay || purpose instanceof Count || purpose instanceof Tables;
    }
}
