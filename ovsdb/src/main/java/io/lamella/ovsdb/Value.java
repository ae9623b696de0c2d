package io.lamella.ovsdb;

import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** What a column holds (RFC 7047 section 5.1): an atom, a set of atoms or a map from atoms to atoms. */
public sealed interface Value {
    /** One indivisible value. */
    sealed interface Atom extends Value {}

    record Text(String value) implements Atom {}

    record Whole(long value) implements Atom {}

    record Real(double value) implements Atom {}

    record Flag(boolean value) implements Atom {}

    record Id(UUID value) implements Atom {}

    /** The row that an insert of the same transaction makes under this name. */
    record NamedId(String name) implements Atom {}

    /** The wire may also carry a set of one element as its bare atom, so both read alike through {@link Row}. */
    record SetOf(Set<Atom> atoms) implements Value {
        public SetOf {
            atoms = Collections.unmodifiableSet(new LinkedHashSet<>(atoms));
        }
    }

    record MapOf(Map<Atom, Atom> entries) implements Value {
        public MapOf {
            entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
        }
    }

    Value EMPTY = new SetOf(Set.of());

    static Atom of(String text) {
        return new Text(text);
    }

    static Atom of(long whole) {
        return new Whole(whole);
    }

    static Atom of(boolean flag) {
        return new Flag(flag);
    }

    static Atom of(UUID id) {
        return new Id(id);
    }

    static Atom named(String name) {
        return new NamedId(name);
    }

    static Value set(Atom... atoms) {
        return new SetOf(new LinkedHashSet<>(Arrays.asList(atoms)));
    }

    static Value set(Collection<? extends Atom> atoms) {
        return new SetOf(new LinkedHashSet<>(atoms));
    }

    static Value map(Map<String, String> entries) {
        Map<Atom, Atom> atoms = new LinkedHashMap<>();
        entries.forEach((key, value) -> atoms.put(of(key), of(value)));
        return new MapOf(atoms);
    }
}
