package io.lamella.flowspace;

import io.lamella.model.FlowSpaceDivision;
import io.lamella.model.HeaderField;
import io.lamella.model.HeaderSpace;
import io.lamella.model.HeaderTerm;
import io.lamella.openflow.Match;
import io.lamella.openflow.Ports;
import io.lamella.openflow.Version;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/** What is one slice's of one switch: packets and ports. For one thread. */
final class Territory {
    /** One entry of a controller becomes so many at most. */
    static final int ENTRIES = 4096;

    private final FlowSpaceDivision division;
    private final int slice;
    private final Version version;
    private final boolean everything;
    private final TreeSet<Integer> ports = new TreeSet<>(Integer::compareUnsigned);

    Territory(FlowSpaceDivision division, int slice, Version version) {
        this.division = division;
        this.slice = slice;
        this.version = version;
        everything = division.ownsAll(slice);
    }

    Version version() {
        return version;
    }

    /** Whether all packets are the slice's: then there is nobody to be kept apart from. */
    boolean everything() {
        return everything;
    }

    void ports(Collection<Integer> all) {
        ports.clear();
        for (int port : all) {
            if (everything || knows(port)) {
                ports.add(port);
            }
        }
    }

    private boolean knows(int port) {
        HeaderTerm term = HeaderTerm.exactly(HeaderField.IN_PORT, port & 0xffff_ffffL);
        return term.expressible()
                && division.knowsAny(slice, HeaderSpace.matching(List.of(term)).orElseThrow());
    }

    /** The ports that the slice sees, in order. */
    Collection<Integer> ports() {
        return ports;
    }

    boolean hasPort(int port) {
        return ports.contains(port);
    }

    /**
     * The packets that an entry of the slice with this match is for.
     *
     * @throws Refused where there are none, or they are too many cubes to tell
     */
    HeaderSpace within(HeaderSpace asked) {
        if (everything) {
            return asked;
        }
        HeaderSpace within = division.writable(slice, asked).orElseThrow(() -> new Refused(Fault.TABLE_FULL));
        if (within.isEmpty()) {
            throw new Refused(Fault.FLOW_NOT_PERMITTED);
        }
        return within;
    }

    /**
     * The matches of the entries that the switch gets for one entry of a controller.
     *
     * @throws Refused where there are none, or more than {@link #ENTRIES}
     */
    List<Match> entries(Match match, HeaderSpace within) {
        if (everything) {
            return List.of(match);
        }
        List<Match> matches = Conditions.matches(within, match, version, ports, ENTRIES)
                .orElseThrow(() -> new Refused(Fault.TABLE_FULL))
                .stream()
                .distinct()
                .toList();
        if (matches.isEmpty()) {
            throw new Refused(Fault.FLOW_NOT_PERMITTED);
        }
        return matches;
    }

    boolean writesAll(HeaderSpace packets) {
        return everything || division.writesAll(slice, packets);
    }

    boolean writesAny(HeaderSpace packets) {
        return everything || division.writesAny(slice, packets);
    }

    /** Whether every packet of the slice that has the field is still the slice's with another value in it. */
    boolean closedUnder(HeaderField field, UnaryOperator<HeaderSpace> effect) {
        if (everything) {
            return true;
        }
        HeaderSpace all = division.writable(slice, HeaderSpace.having(field))
                .orElseThrow(() -> new Refused(Fault.ACTION_NOT_PERMITTED));
        return division.writesAll(slice, effect.apply(all));
    }

    /** Whether an entry may send packets to this port. */
    boolean mayOutput(int port) {
        return switch (port) {
            case Ports.IN_PORT, Ports.CONTROLLER -> true;
            case Ports.FLOOD, Ports.ALL -> true; // becomes the slice's ports
            case Ports.NORMAL -> everything;
            default -> ports.contains(port);
        };
    }
}
