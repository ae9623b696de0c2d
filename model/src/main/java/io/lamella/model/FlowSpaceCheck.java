package io.lamella.model;

import io.lamella.model.FlowSpaceIndex.Entry;
import io.lamella.model.FlowSpaceReport.Conflict;
import io.lamella.model.FlowSpaceReport.Kind;
import io.lamella.model.FlowSpaceReport.Verdict;
import io.lamella.model.FlowSpaceReport.Warning;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Decides whether any packet can belong to two slices. A packet belongs to the rules of the highest priority that match
 * it, whosever they are (as in FlowVisor): so two slices meet exactly where two of their rules of one priority overlap
 * and no rule of a higher priority matches. For one thread and one configuration.
 */
public final class FlowSpaceCheck {
    private record Holding(FlowSpaceSlice slice, int place, HeaderMatch match) {
        FlowSpaceRule rule() {
            return slice.rules().get(place);
        }

        int priority() {
            return rule().priority().orElse(0);
        }

        String label() {
            return slice.label(place);
        }

        FlowSpaceReport.Rule shown() {
            return new FlowSpaceReport.Rule(slice.name(), label(), priority(), rule().permission(), rule().match());
        }
    }

    /** What conflicts are counted by. */
    private record Meeting(String one, String other, Kind kind) {}

    private final FlowSpace flowSpace;
    private final int limit;
    private final List<Holding> rules = new ArrayList<>();
    private final FlowSpaceIndex index;
    private final List<Conflict> conflicts = new ArrayList<>();
    private final List<Warning> warnings = new ArrayList<>();
    private final Map<Meeting, Integer> meetings = new HashMap<>();
    private boolean more;

    private FlowSpaceCheck(FlowSpace flowSpace, int limit) {
        this.flowSpace = flowSpace;
        this.limit = limit;
        List<Entry> entries = new ArrayList<>();
        List<List<HeaderMatch>> matches = flowSpace.matches();
        for (int s = 0; s < matches.size(); s++) {
            FlowSpaceSlice slice = flowSpace.slices().get(s);
            for (int r = 0; r < matches.get(s).size(); r++) {
                Holding holding = new Holding(slice, r, matches.get(s).get(r));
                for (HeaderCube cube : holding.match.space().cubes()) {
                    entries.add(new Entry(cube, rules.size(), holding.priority()));
                }
                rules.add(holding);
            }
        }
        index = new FlowSpaceIndex(entries);
    }

    /** @param limit how many conflicts of one kind between two slices are wanted, at least 1 */
    public static FlowSpaceReport of(FlowSpace flowSpace, int limit) {
        return new FlowSpaceCheck(flowSpace, limit).report();
    }

    private FlowSpaceReport report() {
        for (int r = 0; r < rules.size(); r++) {
            if (!warn(r)) {
                meet(r);
            }
        }
        conflicts.sort(Comparator.comparing(Conflict::kind)); // stable: within a kind in the file's order
        Verdict verdict = conflicts.isEmpty()
                ? Verdict.ISOLATED
                : conflicts.getFirst().kind() == Kind.READ_READ ? Verdict.OBSERVED : Verdict.AFFECTED;
        return new FlowSpaceReport(verdict, flowSpace.slices().size(), rules.size(), conflicts, more, warnings);
    }

    /** Whether the rule gets no packet; then a warning says why. */
    private boolean warn(int r) {
        Holding rule = rules.get(r);
        Set<Integer> used = new TreeSet<>();
        for (HeaderCube cube : rule.match.space().cubes()) {
            if (left(cube, rule.priority(), used).isPresent()) {
                return false;
            }
        }
        List<String> by = used.stream().map(u -> rules.get(u).label()).toList();
        warnings.add(new Warning(rule.shown(), rule.match.contradiction(), by));
        return true;
    }

    /** A part of a cube that no rule of a higher priority matches; {@code used} gets rules that match the rest. */
    private Optional<HeaderCube> left(HeaderCube cube, int priority, Set<Integer> used) {
        List<Entry> higher = new ArrayList<>();
        index.overlapping(cube, priority + 1, Integer.MAX_VALUE, higher::add);
        Set<HeaderCube> needed = new HashSet<>(); // by identity: cubes have no other equality
        Optional<HeaderCube> left =
                HeaderCover.outside(cube, higher.stream().map(Entry::cube).toList(), needed::add);
        if (left.isEmpty()) {
            higher.stream().filter(e -> needed.contains(e.cube())).forEach(e -> used.add(e.rule()));
        }
        return left;
    }

    /** Finds the later rules, of other slices, that this one meets. */
    private void meet(int r) {
        Holding rule = rules.get(r);
        Set<Integer> met = new HashSet<>();
        for (HeaderCube cube : rule.match.space().cubes()) {
            index.overlapping(cube, rule.priority(), rule.priority(), e -> {
                Holding other = rules.get(e.rule());
                if (e.rule() <= r || other.slice == rule.slice || met.contains(e.rule())) {
                    return;
                }
                Meeting meeting = new Meeting(rule.slice.name(), other.slice.name(), kind(rule, other));
                if (meetings.getOrDefault(meeting, 0) > limit) {
                    return; // it is known that there are more than are wanted
                }
                left(cube.intersect(e.cube()), rule.priority(), new HashSet<>()).ifPresent(packets -> {
                    met.add(e.rule());
                    add(meeting, rule, other, packets);
                });
            });
        }
    }

    private static Kind kind(Holding one, Holding two) {
        boolean a = one.rule().permission().writes();
        boolean b = two.rule().permission().writes();
        return a && b ? Kind.WRITE_WRITE : a || b ? Kind.WRITE_READ : Kind.READ_READ;
    }

    private void add(Meeting meeting, Holding one, Holding two, HeaderCube packets) {
        if (meetings.merge(meeting, 1, Integer::sum) > limit) {
            more = true;
            return;
        }
        boolean swap =
                meeting.kind == Kind.WRITE_READ && !one.rule().permission().writes();
        conflicts.add(new Conflict(
                meeting.kind,
                (swap ? two : one).shown(),
                (swap ? one : two).shown(),
                new HeaderPacket(packets.one()).values()));
    }
}
