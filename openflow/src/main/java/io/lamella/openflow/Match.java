package io.lamella.openflow;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The conditions of a flow entry; a frame must meet all of them.
 *
 * @param fields in the order of their numbers, which puts every prerequisite before the field that needs it (section
 *     A.2.3.6). Any order may be given; a field that is given twice is refused
 */
public record Match(List<Oxm> fields) {
    public static final Match ANY = new Match(List.of());

    private static final Comparator<Oxm> ORDER =
            Comparator.comparingInt(Oxm::type).thenComparing(Oxm::toString);

    public Match {
        if (fields.size() > 1) {
            List<Oxm> sorted = new ArrayList<>(fields);
            sorted.sort(ORDER);
            for (int i = 1; i < sorted.size(); i++) {
                if (sorted.get(i) instanceof Oxm.Field field
                        && field.type() == sorted.get(i - 1).type()) {
                    throw OpenFlowException.because("a match names " + field.field() + " twice");
                }
            }
            fields = sorted;
        }
        fields = List.copyOf(fields);
    }

    public static Match of(Oxm... fields) {
        return new Match(List.of(fields));
    }

    public Optional<Oxm.Field> field(OxmField field) {
        for (Oxm oxm : fields) {
            if (oxm instanceof Oxm.Field known && known.field() == field) {
                return Optional.of(known);
            }
        }
        return Optional.empty();
    }

    @Override
    public String toString() {
        return fields.stream().map(Oxm::toString).collect(joining(",", "[", "]"));
    }
}
