package io.lamella.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A set of packets, over header space (Kazemian et al., Header Space Analysis, NSDI 2012) with ranges: a union of cubes.
 * It holds only packets that can be: none has a field whose prerequisites it lacks. Immutable.
 */
public final class HeaderSpace {
    public static final HeaderSpace NONE = new HeaderSpace(List.of());

    public static final HeaderSpace ALL = new HeaderSpace(List.of(HeaderCube.ALL));

    private final List<HeaderCube> cubes;

    private HeaderSpace(List<HeaderCube> cubes) {
        this.cubes = cubes;
    }

    /** The union; cubes within others are left out. */
    static HeaderSpace of(List<HeaderCube> cubes) {
        List<HeaderCube> kept = new ArrayList<>();
        for (HeaderCube c : cubes) {
            if (kept.stream().noneMatch(k -> k.contains(c))) {
                kept.removeIf(c::contains);
                kept.add(c);
            }
        }
        return new HeaderSpace(List.copyOf(kept));
    }

    List<HeaderCube> cubes() {
        return cubes;
    }

    public boolean isEmpty() {
        return cubes.isEmpty();
    }

    public boolean contains(HeaderPacket packet) {
        return cubes.stream().anyMatch(c -> c.contains(packet.cube()));
    }

    public boolean contains(HeaderSpace other) {
        return other.cubes.stream()
                .allMatch(c -> HeaderCover.outside(c, cubes, used -> {}).isEmpty());
    }

    public HeaderSpace union(HeaderSpace other) {
        List<HeaderCube> all = new ArrayList<>(cubes);
        all.addAll(other.cubes);
        return of(all);
    }

    public HeaderSpace intersect(HeaderSpace other) {
        List<HeaderCube> both = new ArrayList<>();
        for (HeaderCube a : cubes) {
            for (HeaderCube b : other.cubes) {
                if (a.overlaps(b)) {
                    both.add(a.intersect(b));
                }
            }
        }
        return of(both);
    }

    public HeaderSpace minus(HeaderSpace other) {
        List<HeaderCube> rest = cubes;
        for (HeaderCube o : other.cubes) {
            rest = rest.stream().flatMap(c -> c.minus(o).stream()).toList();
        }
        return new HeaderSpace(rest);
    }

    /**
     * A packet of this set; it says something about the fewest fields that are needed, so that every packet with these
     * values is in the set, whatever its other fields hold. Empty where the set is.
     */
    public Optional<HeaderPacket> witness() {
        return cubes.stream().findFirst().map(c -> new HeaderPacket(c.one()));
    }
}
