package io.lamella.model;

import java.util.ArrayDeque;
import java.util.ArrayList;
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
            used.accept(best);
            for (HeaderCube piece : open.cube.minus(best)) {
                stack.push(new Open(piece, near));
            }
        }
        return Optional.empty();
    }
}
