package io.lamella.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

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

    /**
     * The packets that meet all of the terms, none of which is inexpressible.
     *
     * @return empty where a field is named without what it needs (section 7.2.3.8)
     */
    public static Optional<HeaderSpace> matching(List<HeaderTerm> terms) {
        HeaderCube cube = HeaderCube.ALL;
        for (HeaderTerm term : terms) {
            HeaderSet set = term.set().orElseThrow();
            HeaderSet now = cube.set(term.field());
            if (!now.overlaps(set)) {
                return Optional.of(NONE);
            }
            cube = cube.with(term.field(), now.intersect(set));
        }
        for (HeaderField field : cube.limited()) {
            for (HeaderField.Need need : field.needs()) {
                HeaderSet given = cube.set(need.field());
                if (need.ranges().stream().noneMatch(r -> r.contains(given))) {
                    return Optional.empty();
                }
            }
        }
        return Optional.of(new HeaderSpace(List.of(cube)));
    }

    /** The packets that have a field. */
    public static HeaderSpace having(HeaderField field) {
        return new HeaderSpace(HeaderMatch.within(List.of(HeaderCube.ALL), field));
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
     * These packets after a value has been written into a field that all of them have. No field that others need may be
     * written, except the VLAN id.
     */
    public HeaderSpace written(HeaderTerm value) {
        HeaderSet set = value.set().orElseThrow();
        boolean untagged = value.field() == HeaderField.VLAN_VID && set.high() == 0;
        List<HeaderCube> after = new ArrayList<>();
        for (HeaderCube c : cubes) {
            HeaderCube open = untagged ? c.with(HeaderField.VLAN_PCP, HeaderField.VLAN_PCP.all()) : c;
            after.add(open.with(value.field(), set));
        }
        return of(after);
    }

    /** These packets when nothing more is known of the fields behind {@code last}. */
    public HeaderSpace upTo(HeaderField last) {
        List<HeaderCube> wider = new ArrayList<>();
        for (HeaderCube c : cubes) {
            HeaderCube open = c;
            for (HeaderField f : c.limited()) {
                open = f.compareTo(last) > 0 ? open.with(f, f.all()) : open;
            }
            wider.add(open);
        }
        return of(wider);
    }

    /**
     * This set as matches that a switch takes: each a list of terms in the fields' order.
     *
     * @param masks the fields for which the switch takes masks; addresses have theirs anyway
     * @param ports the ports that there are, as in version 1.3: a range of ports means those of them that are in it
     * @return empty where there would be more than {@code limit} matches
     */
    public Optional<List<List<HeaderTerm>>> terms(Predicate<HeaderField> masks, Collection<Integer> ports, int limit) {
        List<List<HeaderTerm>> all = new ArrayList<>();
        for (HeaderCube c : cubes) {
            List<List<HeaderTerm>> product = List.of(List.of());
            for (HeaderField f : c.limited()) {
                Optional<List<HeaderTerm>> terms =
                        f == HeaderField.IN_PORT && c.set(f).low() != c.set(f).high()
                                ? Optional.of(HeaderTerm.ports(c.set(f), ports))
                                : HeaderTerm.of(f, c.set(f), masks.test(f), limit);
                if (terms.isEmpty() || (long) product.size() * terms.get().size() > limit) {
                    return Optional.empty();
                }
                List<List<HeaderTerm>> longer = new ArrayList<>();
                for (List<HeaderTerm> before : product) {
                    for (HeaderTerm term : terms.get()) {
                        List<HeaderTerm> more = new ArrayList<>(before);
                        more.add(term);
                        longer.add(more);
                    }
                }
                product = longer;
            }
            all.addAll(product);
            if (all.size() > limit) {
                return Optional.empty();
            }
        }
        return Optional.of(all);
    }

    /**
     * A packet of this set; it says something about the fewest fields that are needed, so that every packet with these
     * values is in the set, whatever its other fields hold. Empty where the set is.
     */
    public Optional<HeaderPacket> witness() {
        return cubes.stream().findFirst().map(c -> new HeaderPacket(c.one()));
    }
}
