package io.lamella.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The packets whose fields are in given sets: a box in header space, never empty. A field whose set is missing may be
 * anything, or not be there at all. Immutable.
 *
 * <p>Every cube that limits a field lies wholly where a packet has that field: {@link HeaderMatch} makes them so, and
 * the operations here keep it. Hence whatever a cube says can be said by a real packet.
 */
final class HeaderCube {
    static final HeaderCube ALL = new HeaderCube(0, new HeaderSet[0]);

    private static final HeaderField[] FIELDS = HeaderField.values();

    /** One bit for each limited field; {@code sets} has their sets, in the same order. */
    private final long fields;

    private final HeaderSet[] sets;

    private HeaderCube(long fields, HeaderSet[] sets) {
        this.fields = fields;
        this.sets = sets;
    }

    /** The set of bits of the fields that are limited, see {@link HeaderField#bit}. */
    long fields() {
        return fields;
    }

    /** The limited fields in their order. */
    List<HeaderField> limited() {
        List<HeaderField> list = new ArrayList<>(sets.length);
        for (long left = fields; left != 0; left &= left - 1) {
            list.add(FIELDS[Long.numberOfTrailingZeros(left)]);
        }
        return list;
    }

    private HeaderSet limit(long bit) {
        return sets[Long.bitCount(fields & (bit - 1))];
    }

    HeaderSet set(HeaderField field) {
        return (fields & field.bit()) == 0 ? field.all() : limit(field.bit());
    }

    /** This cube with another set for one field. */
    HeaderCube with(HeaderField field, HeaderSet set) {
        long bit = field.bit();
        int place = Long.bitCount(fields & (bit - 1));
        boolean there = (fields & bit) != 0;
        if (set.equals(field.all())) {
            return there ? without(bit, place) : this;
        }
        HeaderSet[] more;
        if (there) {
            more = sets.clone();
        } else {
            more = Arrays.copyOf(sets, sets.length + 1);
            System.arraycopy(sets, place, more, place + 1, sets.length - place);
        }
        more[place] = set;
        return new HeaderCube(fields | bit, more);
    }

    private HeaderCube without(long bit, int place) {
        HeaderSet[] fewer = Arrays.copyOf(sets, sets.length - 1);
        System.arraycopy(sets, place + 1, fewer, place, fewer.length - place);
        return new HeaderCube(fields & ~bit, fewer);
    }

    boolean overlaps(HeaderCube other) {
        for (long left = fields & other.fields; left != 0; left &= left - 1) {
            long bit = Long.lowestOneBit(left);
            if (!limit(bit).overlaps(other.limit(bit))) {
                return false;
            }
        }
        return true;
    }

    /** The packets in both; only for cubes that overlap. */
    HeaderCube intersect(HeaderCube other) {
        HeaderCube both = this;
        for (HeaderField f : other.limited()) {
            both = both.with(f, both.set(f).intersect(other.set(f)));
        }
        return both;
    }

    boolean contains(HeaderCube other) {
        if ((fields & ~other.fields) != 0) {
            return false;
        }
        for (long left = fields; left != 0; left &= left - 1) {
            long bit = Long.lowestOneBit(left);
            if (!limit(bit).contains(other.limit(bit))) {
                return false;
            }
        }
        return true;
    }

    /**
     * The packets that are not in {@code other}, as disjoint cubes. Each differs from {@code other} in one field and
     * agrees with it in all fields before: also in those that the differing one needs.
     */
    List<HeaderCube> minus(HeaderCube other) {
        if (!overlaps(other)) {
            return List.of(this);
        }
        List<HeaderCube> rest = new ArrayList<>();
        HeaderCube inside = this;
        for (HeaderField f : other.limited()) {
            HeaderSet mine = inside.set(f);
            HeaderSet theirs = other.set(f);
            for (HeaderSet piece : mine.minus(theirs)) {
                rest.add(inside.with(f, piece));
            }
            inside = inside.with(f, mine.intersect(theirs));
        }
        return rest;
    }

    /** How many cubes {@link #minus} returns for a cube that overlaps. */
    int pieces(HeaderCube other) {
        int pieces = 0;
        for (long left = other.fields; left != 0; left &= left - 1) {
            HeaderField field = FIELDS[Long.numberOfTrailingZeros(left)];
            pieces += set(field).pieces(other.set(field));
        }
        return pieces;
    }

    /** The one field in which {@code other} leaves something of this cube, where it is one. */
    Optional<HeaderField> onlyLimit(HeaderCube other) {
        @Nullable HeaderField only = null;
        for (long left = other.fields; left != 0; left &= left - 1) {
            HeaderField field = FIELDS[Long.numberOfTrailingZeros(left)];
            if (!other.limit(field.bit()).contains(set(field))) {
                if (only != null) {
                    return Optional.empty();
                }
                only = field;
            }
        }
        return Optional.ofNullable(only);
    }

    /** The cube of one value in each limited field. */
    HeaderCube one() {
        HeaderSet[] ones = new HeaderSet[sets.length];
        List<HeaderField> names = limited();
        for (int i = 0; i < ones.length; i++) {
            ones[i] = sets[i].one(names.get(i));
        }
        return new HeaderCube(fields, ones);
    }
}
