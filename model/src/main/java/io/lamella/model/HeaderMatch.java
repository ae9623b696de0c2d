package io.lamella.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a rule matches. A field brings what it needs along: {@code tcp_dst: 80} alone means TCP over IPv4 and IPv6.
 *
 * @param space the packets that match
 * @param contradiction where no packet can: which field needs what the match rules out
 */
record HeaderMatch(HeaderSpace space, Optional<String> contradiction) {
    /** @param path what the match is called in a refusal; its fields are called {@code path.field} */
    static HeaderMatch parse(String path, Map<String, String> match) {
        HeaderCube cube = HeaderCube.ALL;
        List<HeaderField> given = new ArrayList<>();
        for (Map.Entry<String, String> e : match.entrySet()) {
            HeaderField field = HeaderField.named(e.getKey()).orElseThrow(() -> unknown(path, e.getKey()));
            given.add(field);
            cube = cube.with(field, HeaderText.parse(path + "." + e.getKey(), field, e.getValue()));
        }
        given.sort(null);
        List<HeaderCube> cubes = List.of(cube);
        for (HeaderField field : given) {
            for (HeaderField.Need need : field.needs()) {
                cubes = within(cubes, need);
                if (cubes.isEmpty()) {
                    return new HeaderMatch(HeaderSpace.NONE, Optional.of(contradiction(field, need, match)));
                }
            }
        }
        return new HeaderMatch(HeaderSpace.of(cubes), Optional.empty());
    }

    /** The parts of cubes that have a field. */
    static List<HeaderCube> within(List<HeaderCube> cubes, HeaderField field) {
        for (HeaderField.Need need : field.needs()) {
            cubes = within(cubes, need);
        }
        return cubes;
    }

    private static List<HeaderCube> within(List<HeaderCube> cubes, HeaderField.Need need) {
        List<HeaderCube> narrower = new ArrayList<>();
        for (HeaderCube c : cubes) {
            HeaderSet now = c.set(need.field());
            for (HeaderRange range : need.ranges()) {
                if (now.overlaps(range)) {
                    narrower.add(c.with(need.field(), now.intersect(range)));
                }
            }
        }
        return narrower;
    }

    private static String contradiction(HeaderField field, HeaderField.Need need, Map<String, String> match) {
        String wanted = need.ranges().stream()
                .map(r -> HeaderText.text(need.field(), r))
                .collect(Collectors.joining(" or "));
        String given = match.get(need.field().word());
        return field.word() + " needs " + need.field().word() + " " + wanted
                + (given == null ? ", which the other fields rule out" : ", but it is " + given);
    }

    private static Refusal unknown(String path, String word) {
        return Refusal.invalid(
                path,
                "the field \"" + word + "\" is unknown in " + path + ": allowed are "
                        + Arrays.stream(HeaderField.values())
                                .map(HeaderField::word)
                                .collect(Collectors.joining(", ")));
    }
}
