package io.lamella.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Finds the cubes that overlap a cube among many: a tree over their bounds. A node splits its cubes by the field in
 * which they differ most, those that leave it open apart. Immutable.
 */
final class FlowSpaceIndex {
    private static final int LEAF = 8;

    /**
     * A cube in the index.
     *
     * @param rule whose it is: its place in the list of all rules
     */
    record Entry(HeaderCube cube, int rule, int priority) {}

    /** The bounds of all cubes below: {@code fields} are those that each of them limits, one bound each. */
    private record Node(
            long fields,
            long[] low,
            long[] high,
            int lowestPriority,
            int highestPriority,
            List<Entry> entries,
            List<Node> children) {
        boolean mayOverlap(HeaderCube cube) {
            for (long left = fields & cube.fields(); left != 0; left &= left - 1) {
                int field = Long.numberOfTrailingZeros(left);
                int place = Long.bitCount(fields & ((1L << field) - 1));
                HeaderSet set = cube.set(FIELDS[field]);
                if (Long.compareUnsigned(set.high(), low[place]) < 0
                        || Long.compareUnsigned(high[place], set.low()) < 0) {
                    return false;
                }
            }
            return true;
        }
    }

    private static final HeaderField[] FIELDS = HeaderField.values();

    private final List<Node> roots;

    FlowSpaceIndex(List<Entry> entries) {
        roots = entries.isEmpty() ? List.of() : List.of(node(entries));
    }

    /** Hands over every entry of these priorities, both included, whose cube overlaps. */
    void overlapping(HeaderCube cube, int lowestPriority, int highestPriority, Consumer<Entry> found) {
        for (Node root : roots) {
            search(root, cube, lowestPriority, highestPriority, found);
        }
    }

    private static void search(Node node, HeaderCube cube, int lowest, int highest, Consumer<Entry> found) {
        if (node.highestPriority < lowest || node.lowestPriority > highest || !node.mayOverlap(cube)) {
            return;
        }
        for (Entry e : node.entries) {
            if (e.priority >= lowest && e.priority <= highest && e.cube.overlaps(cube)) {
                found.accept(e);
            }
        }
        for (Node child : node.children) {
            search(child, cube, lowest, highest, found);
        }
    }

    private static Node node(List<Entry> entries) {
        HeaderField field = entries.size() <= LEAF ? HeaderField.DATAPATH : mostTelling(entries);
        List<Entry> limited = new ArrayList<>();
        List<Entry> open = new ArrayList<>();
        for (Entry e : entries) {
            ((e.cube.fields() & field.bit()) == 0 ? open : limited).add(e);
        }
        if (entries.size() <= LEAF || distinct(limited, field) <= 1) {
            return bounds(entries, entries, List.of());
        }
        limited.sort(Comparator.comparing(e -> e.cube.set(field).low(), Long::compareUnsigned));
        int middle = limited.size() / 2;
        List<Node> children = new ArrayList<>();
        children.add(node(limited.subList(0, middle)));
        children.add(node(limited.subList(middle, limited.size())));
        if (!open.isEmpty()) {
            children.add(node(open));
        }
        return bounds(entries, List.of(), children);
    }

    private static HeaderField mostTelling(List<Entry> entries) {
        HeaderField best = HeaderField.DATAPATH;
        int most = 0;
        for (HeaderField f : FIELDS) {
            int different = distinct(entries, f);
            if (different > most) {
                most = different;
                best = f;
            }
        }
        return best;
    }

    private static int distinct(List<Entry> entries, HeaderField field) {
        Set<Long> lows = new HashSet<>();
        for (Entry e : entries) {
            if ((e.cube.fields() & field.bit()) != 0) {
                lows.add(e.cube.set(field).low());
            }
        }
        return lows.size();
    }

    private static Node bounds(List<Entry> entries, List<Entry> own, List<Node> children) {
        long fields = -1;
        int lowest = Integer.MAX_VALUE;
        int highest = Integer.MIN_VALUE;
        for (Entry e : entries) {
            fields &= e.cube.fields();
            lowest = Math.min(lowest, e.priority);
            highest = Math.max(highest, e.priority);
        }
        long[] low = new long[Long.bitCount(fields)];
        long[] high = new long[low.length];
        int place = 0;
        for (long left = fields; left != 0; left &= left - 1) {
            HeaderField field = FIELDS[Long.numberOfTrailingZeros(left)];
            low[place] = -1;
            for (Entry e : entries) {
                HeaderSet set = e.cube.set(field);
                low[place] = Long.compareUnsigned(set.low(), low[place]) < 0 ? set.low() : low[place];
                high[place] = Long.compareUnsigned(set.high(), high[place]) > 0 ? set.high() : high[place];
            }
            place++;
        }
        return new Node(fields, low, high, lowest, highest, List.copyOf(own), children);
    }
}
