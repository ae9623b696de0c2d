package io.lamella.model;

import io.avaje.jsonb.Json;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What {@link FlowSpaceCheck} found.
 *
 * @param slices how many slices there are
 * @param rules how many rules they have together
 * @param conflicts pairs of rules of two slices that one packet belongs to, the most serious first
 * @param more whether there are further conflicts, of a kind and between slices that are among these
 * @param warnings rules that get no packet at all
 */
@Json
public record FlowSpaceReport(
        Verdict verdict, int slices, int rules, List<Conflict> conflicts, boolean more, List<Warning> warnings) {
    public FlowSpaceReport {
        conflicts = Given.list(conflicts);
        warnings = Given.list(warnings);
    }

    /** How far slices are from each other, in one word. */
    public enum Verdict {
        /** No packet belongs to two slices. */
        ISOLATED,
        /** Packets are seen by two slices, but whatever one slice decides about is unknown to all others. */
        OBSERVED,
        /** A slice decides about packets that another one sees or decides about too. */
        AFFECTED;

        @Json.Value
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What two slices can do to one packet. */
    public enum Kind {
        WRITE_WRITE("write/write"),
        WRITE_READ("write/read"),
        READ_READ("read/read");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        @Json.Value
        public String word() {
            return word;
        }
    }

    /**
     * Two rules that one packet belongs to.
     *
     * @param first the rule that writes, where only one does
     * @param packet such a packet: values by fields' names. Its other fields may hold anything
     */
    @Json
    public record Conflict(Kind kind, Rule first, Rule second, Map<String, String> packet) {
        public Conflict {
            packet = Given.map(packet);
        }
    }

    /**
     * A rule of a slice.
     *
     * @param rule what it is called, see {@link FlowSpaceSlice#label}
     * @param match as it is in the configuration
     */
    @Json
    public record Rule(
            String slice, String rule, int priority, FlowSpacePermission permission, Map<String, String> match) {
        public Rule {
            match = Given.map(match);
        }
    }

    /**
     * A rule that gets no packet.
     *
     * @param contradiction why no packet can match it; absent: it is shadowed
     * @param shadowedBy the rules of higher priority that together match all that it matches
     */
    @Json
    public record Warning(Rule rule, Optional<String> contradiction, List<String> shadowedBy) {
        public Warning {
            contradiction = Given.optional(contradiction);
            shadowedBy = Given.list(shadowedBy);
        }
    }
}
