package io.lamella.openflow;

import java.util.List;

/** One message of an answer to a {@link MultipartRequest}. */
public sealed interface MultipartReply extends Message {
    /** Whether another message of the same answer follows. */
    boolean more();

    /** What the maker says about the switch; each text at most 255 Latin-1 characters, {@code serial} 31. */
    record Description(
            boolean more, String manufacturer, String hardware, String software, String serial, String datapath)
            implements MultipartReply {}

    record Flows(boolean more, List<FlowStats> flows) implements MultipartReply {
        public Flows {
            flows = List.copyOf(flows);
        }
    }

    record Aggregate(boolean more, long packets, long bytes, int flows) implements MultipartReply {}

    record PortStats(boolean more, List<PortStatistics> ports) implements MultipartReply {
        public PortStats {
            ports = List.copyOf(ports);
        }
    }

    record QueueStats(boolean more, List<QueueStatistics> queues) implements MultipartReply {
        public QueueStats {
            queues = List.copyOf(queues);
        }
    }

    record Tables(boolean more, List<TableStats> tables) implements MultipartReply {
        public Tables {
            tables = List.copyOf(tables);
        }
    }

    record PortDescriptions(boolean more, List<PortDescription> ports) implements MultipartReply {
        public PortDescriptions {
            ports = List.copyOf(ports);
        }
    }

    /** An answer of another type, as it came. */
    record Other(boolean more, int multipartType, Bytes body) implements MultipartReply {}

    /** A port's counters, in the order and number of the version in use. */
    record PortStatistics(int port, Bytes counters) {}

    /** A queue's counters, in the order and number of the version in use. */
    record QueueStatistics(int port, int queue, Bytes counters) {}

    /**
     * A flow table's figures.
     *
     * @param active the number of entries
     * @param name with {@code wildcards} and {@code most} in version 1.0 only, otherwise empty and 0
     * @param wildcards which fields may be left open
     * @param most the number of entries that the table can hold
     */
    record TableStats(int table, int active, long lookups, long matches, String name, int wildcards, int most) {
        public TableStats(int table, int active, long lookups, long matches) {
            this(table, active, lookups, matches, "", 0, 0);
        }
    }

    /**
     * A port (section A.2.1).
     *
     * @param mac 48 bits
     * @param name at most 15 Latin-1 characters
     * @param config OFPPC bits
     * @param state OFPPS bits
     * @param currentSpeed in kbit/s
     * @param maxSpeed in kbit/s
     */
    record PortDescription(
            int port,
            long mac,
            String name,
            int config,
            int state,
            int current,
            int advertised,
            int supported,
            int peer,
            int currentSpeed,
            int maxSpeed) {}
}
