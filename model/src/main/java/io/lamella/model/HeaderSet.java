package io.lamella.model;

import java.util.List;

/**
 * A set of values of one field, never empty. A field's sets are all of one kind: ranges where it is a number, values
 * under a mask where it is an address.
 */
sealed interface HeaderSet permits HeaderRange, HeaderBits {
    boolean overlaps(HeaderSet other);

    /** The values in both; only for sets that overlap. */
    HeaderSet intersect(HeaderSet other);

    boolean contains(HeaderSet other);

    /** The values that are not in {@code other}, which overlaps, as disjoint sets. */
    List<HeaderSet> minus(HeaderSet other);

    /** How many sets {@link #minus} returns. */
    int pieces(HeaderSet other);

    /** The set of one of its values alone; {@code field} is whose set this is. */
    HeaderSet one(HeaderField field);

    /** A lower bound of the values as an unsigned number; of addresses, of their first 64 bits. */
    long low();

    /** An upper bound as above. */
    long high();
}
