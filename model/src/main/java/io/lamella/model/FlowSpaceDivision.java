package io.lamella.model;

import io.lamella.model.FlowSpaceIndex.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Which packets within one switch are whose, by the rule of priorities of {@link FlowSpaceCheck}. Spaces here say nothing
 * about {@link HeaderField#DATAPATH}. Slices are numbered as in the configuration. Immutable.
 */
public final class FlowSpaceDivision {
    /** How many cubes a space is cut into at most. */
    public static final int PIECES = 1024;

    private record Holding(int slice, FlowSpacePermission permission) {}

    private final List<Holding> rules = new ArrayList<>();
    private final List<List<Entry>> own = new ArrayList<>();
    private final FlowSpaceIndex index;

    private FlowSpaceDivision(FlowSpace flowSpace, long datapath) {
        HeaderSet here = HeaderRange.exactly(datapath);
        List<Entry> entries = new ArrayList<>();
        List<List<HeaderMatch>> matches = flowSpace.matches();
        for (int s = 0; s < matches.size(); s++) {
            List<Entry> mine = new ArrayList<>();
            for (int r = 0; r < matches.get(s).size(); r++) {
                FlowSpaceRule rule = flowSpace.slices().get(s).rules().get(r);
                for (HeaderCube cube : matches.get(s).get(r).space().cubes()) {
                    if (cube.set(HeaderField.DATAPATH).contains(here)) {
                        HeaderCube rest = cube.with(HeaderField.DATAPATH, HeaderField.DATAPATH.all());
                        mine.add(new Entry(rest, rules.size(), rule.priority().orElse(0)));
                    }
                }
                rules.add(new Holding(s, rule.permission()));
            }
            own.add(mine);
            entries.addAll(mine);
        }
        index = new FlowSpaceIndex(entries);
    }

    public static FlowSpaceDivision of(FlowSpace flowSpace, long datapath) {
        return new FlowSpaceDivision(flowSpace, datapath);
    }

    /**
     * The packets of {@code within} that the slice may decide about; empty where they are more than {@link #PIECES}
     * cubes, because many rules of a higher priority are cut out of them.
     */
    public Optional<HeaderSpace> writable(int slice, HeaderSpace within) {
        List<HeaderCube> parts = new ArrayList<>();
        for (HeaderCube cube : within.cubes()) {
            List<Entry> granting = granting(cube, slice, FlowSpacePermission::writes);
            for (Entry e : granting) {
                if (!left(cube.intersect(e.cube()), e, slice, parts)) {
                    return Optional.empty();
                }
            }
        }
        return Optional.of(HeaderSpace.of(parts));
    }

    /** Whether the slice may decide about every packet of {@code space}. Nothing is computed that is not needed. */
    public boolean writesAll(int slice, HeaderSpace space) {
        for (HeaderCube cube : space.cubes()) {
            List<Entry> near = new ArrayList<>();
            index.overlapping(cube, Integer.MIN_VALUE, Integer.MAX_VALUE, near::add);
            List<Entry> mine = new ArrayList<>(near);
            mine.removeIf(e -> !grants(e, slice, FlowSpacePermission::writes));
            near.removeAll(mine);
            if (!covered(cube, mine, Integer.MIN_VALUE)) {
                return false;
            }
            for (Entry other : near) {
                if (!covered(cube.intersect(other.cube()), mine, other.priority())) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Whether entries of a priority, or of a higher one, cover the cube together. */
    private static boolean covered(HeaderCube cube, List<Entry> entries, int lowest) {
        List<HeaderCube> cubes = entries.stream()
                .filter(e -> e.priority() >= lowest)
                .map(Entry::cube)
                .toList();
        return HeaderCover.outside(cube, cubes, used -> {}).isEmpty();
    }

    /** Whether the slice may decide about any packet of {@code space}. */
    public boolean writesAny(int slice, HeaderSpace space) {
        return any(slice, space, FlowSpacePermission::writes);
    }

    /** Whether any packet of {@code space} is the slice's, to see or to decide about. */
    public boolean knowsAny(int slice, HeaderSpace space) {
        return any(slice, space, permission -> true);
    }

    private boolean any(int slice, HeaderSpace space, Predicate<FlowSpacePermission> wanted) {
        for (HeaderCube cube : space.cubes()) {
            for (Entry e : granting(cube, slice, wanted)) {
                HeaderCube piece = cube.intersect(e.cube());
                List<HeaderCube> higher = new ArrayList<>();
                index.overlapping(piece, e.priority() + 1, Integer.MAX_VALUE, h -> {
                    if (!grants(h, slice, wanted)) {
                        higher.add(h.cube());
                    }
                });
                if (HeaderCover.outside(piece, higher, used -> {}).isPresent()) {
                    return true;
                }
            }
        }
        return false;
    }

    private List<Entry> granting(HeaderCube cube, int slice, Predicate<FlowSpacePermission> wanted) {
        List<Entry> granting = new ArrayList<>();
        index.overlapping(cube, Integer.MIN_VALUE, Integer.MAX_VALUE, e -> {
            if (grants(e, slice, wanted)) {
                granting.add(e);
            }
        });
        return granting;
    }

    private boolean grants(Entry e, int slice, Predicate<FlowSpacePermission> wanted) {
        Holding rule = rules.get(e.rule());
        return rule.slice == slice && wanted.test(rule.permission);
    }

    /**
     * Adds what rules of a higher priority leave; those of the slice itself that grant the same need no subtraction.
     * Returns whether that is few enough.
     */
    private boolean left(HeaderCube piece, Entry e, int slice, List<HeaderCube> parts) {
        List<HeaderCube> higher = new ArrayList<>();
        index.overlapping(piece, e.priority() + 1, Integer.MAX_VALUE, h -> {
            if (!grants(h, slice, FlowSpacePermission::writes)) {
                higher.add(h.cube());
            }
        });
        List<HeaderCube> rest = List.of(piece);
        for (HeaderCube h : higher) {
            List<HeaderCube> less = new ArrayList<>();
            for (HeaderCube c : rest) {
                less.addAll(c.minus(h));
                if (less.size() > PIECES) {
                    return false;
                }
            }
            rest = less;
        }
        parts.addAll(rest);
        return parts.size() <= PIECES;
    }

    /** The slices that may see a packet, in order. @param packet one value in each field that the packet has */
    public List<Integer> readers(HeaderSpace packet) {
        int[] top = {-1};
        TreeSet<Integer> slices = new TreeSet<>();
        for (HeaderCube cube : packet.cubes()) {
            index.overlapping(cube, 0, Integer.MAX_VALUE, e -> {
                if (e.priority() < top[0] || !e.cube().contains(cube)) {
                    return;
                }
                if (e.priority() > top[0]) {
                    top[0] = e.priority();
                    slices.clear();
                }
                Holding rule = rules.get(e.rule());
                if (rule.permission.reads()) {
                    slices.add(rule.slice);
                }
            });
        }
        return List.copyOf(slices);
    }

    /** Whether the slice has any rule at this switch, shadowed or not. */
    public boolean present(int slice) {
        return !own.get(slice).isEmpty();
    }

    /** Whether every packet is the slice's to decide about, and no other slice has any. */
    public boolean ownsAll(int slice) {
        for (int s = 0; s < own.size(); s++) {
            if (s != slice && present(s)) {
                return false;
            }
        }
        return own.get(slice).stream()
                .anyMatch(e -> e.cube().fields() == 0
                        && rules.get(e.rule()).permission == FlowSpacePermission.READ_WRITE
                        && own.get(slice).stream().allMatch(o -> o.priority() <= e.priority()));
    }
}
