package io.lamella.model;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Finds what of a cube a union of cubes leaves uncovered. In the worst case that is as hard as satisfiability; so
 * nothing is subtracted that the search does not come to, first always the cube that leaves the fewest pieces, and of
 * several pieces each is followed to its end before the next is looked at.
 */
final class HeaderCover {
    private record Open(HeaderCube cube, List<HeaderCube> others) {}

    private HeaderCover() {}

    /**
     * A part of {@code cube} that none of {@code others} overlaps, or empty where they cover it.
     *
     * @param used is told those of the others that were needed, some perhaps more than once
     */
    static Optional<HeaderCube> outside(HeaderCube cube, List<HeaderCube> others, Consumer<HeaderCube> used) {
        Deque<Open> stack = new ArrayDeque<>();
        stack.push(new Open(cube, others));
        while (!stack.isEmpty()) {
            Open open = stack.pop();
            List<HeaderCube> near = new ArrayList<>();
            HeaderCube best = HeaderCube.ALL;
            int fewest = Integer.MAX_VALUE;
            for (HeaderCube other : open.others) {
                if (open.cube.overlaps(other)) {
                    near.add(other);
                    int pieces = open.cube.pieces(other);
                    if (pieces < fewest) {
                        fewest = pieces;
                        best = other;
                    }
                    if (pieces == 0) {
                        break;
                    }
                }
            }
            if (near.isEmpty()) {
                return Optional.of(open.cube);
            }
            for (HeaderCube piece : pieces(open.cube, best, near, used)) {
                stack.push(new Open(piece, near));
            }
        }
        return Optional.empty();
    }

    /** What {@code best} leaves; where it limits a single field, what all leave that limit only this one. */
    private static List<HeaderCube> pieces(
            HeaderCube cube, HeaderCube best, List<HeaderCube> near, Consumer<HeaderCube> used) {
        Optional<HeaderField> field = cube.onlyLimit(best).filter(f -> cube.set(f) instanceof HeaderRange);
        if (field.isEmpty()) {
            used.accept(best);
            return cube.minus(best);
        }
        HeaderField f = field.get();
        List<HeaderCube> alike = new ArrayList<>();
        for (HeaderCube other : near) {
            if (cube.onlyLimit(other).filter(o -> o == f).isPresent()) {
                alike.add(other);
                used.accept(other);
            }
        }
        alike.sort(Comparator.comparing(o -> o.set(f).low(), Long::compareUnsigned));
        List<HeaderCube> gaps = new ArrayList<>();
        HeaderSet rest = cube.set(f); // what is not behind us
        for (HeaderCube other : alike) {
            HeaderSet taken = other.set(f);
            if (!rest.overlaps(taken)) {
                continue; // within one that began before
            }
            boolean toTheEnd = Long.compareUnsigned(taken.high(), rest.high()) >= 0;
            List<HeaderSet> sides = rest.minus(taken);
            for (HeaderSet gap : toTheEnd ? sides : sides.subList(0, sides.size() - 1)) {
                gaps.add(cube.with(f, gap));
            }
            if (toTheEnd) {
                return gaps;
            }
            rest = sides.getLast();
        }
        gaps.add(cube.with(f, rest));
        return gaps;
    }
}
