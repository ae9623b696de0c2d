package io.lamella.cli;

import io.lamella.model.InstanceView;
import io.lamella.model.Names;
import io.lamella.model.Network;
import io.lamella.model.SliceView;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** A name within a slice, and the rule by which a slice is found where the command line names none. */
record Place(String slice, String name) {
    /** The path of an instance below the API's root. */
    String instancePath(String... more) {
        return Api.path("slices", slice, "instances", name) + Api.path(more);
    }

    /** The path of a network below the API's root. */
    String networkPath(String... more) {
        return Api.path("slices", slice, "networks", name) + Api.path(more);
    }

    @Override
    public String toString() {
        return slice + "/" + name;
    }

    /** An existing instance: {@code slice/name}, or a name in the slice asked for, or in the only one that has it. */
    static Place instance(Invocation invocation, String word) {
        return existing(
                invocation,
                word,
                "instance",
                () -> invocation.api().list(InstanceView.class, "/instances").stream()
                        .map(i -> new Place(i.slice(), i.name()))
                        .toList());
    }

    /** An existing network, by the same rule. */
    static Place network(Invocation invocation, String word) {
        return existing(
                invocation,
                word,
                "network",
                () -> invocation.api().list(Network.class, "/networks").stream()
                        .map(n -> new Place(n.slice(), n.name()))
                        .toList());
    }

    private static Place existing(Invocation invocation, String word, String kind, Supplier<List<Place>> all) {
        int slash = word.indexOf('/');
        if (slash >= 0) {
            return given(invocation, word, slash);
        }
        if (invocation.slice().isPresent()) {
            return new Place(checked("slice", invocation.slice().get()), checked(kind, word));
        }
        checked(kind, word);
        List<Place> found = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (Place p : all.get()) {
            names.add(p.name());
            if (p.name().equals(word)) {
                found.add(p);
            }
        }
        if (found.isEmpty()) {
            throw Failure.failed(
                    "there is no " + kind + " \"" + word + "\" in any slice" + Suggestion.among(word, names));
        }
        if (found.size() > 1) {
            throw Failure.wrongUse("there is more than one " + kind + " \"" + word + "\": name one of "
                    + String.join(", ", found.stream().map(Place::toString).toList()) + ", or a slice with --slice");
        }
        return found.getFirst();
    }

    /** A new thing: as above, but where no slice is named the node must have exactly one. */
    static Place fresh(Invocation invocation, String word) {
        checked("name", word);
        if (invocation.slice().isPresent()) {
            return new Place(checked("slice", invocation.slice().get()), word);
        }
        List<String> slices = invocation.api().list(SliceView.class, "/slices").stream()
                .map(SliceView::name)
                .toList();
        if (slices.isEmpty()) {
            throw Failure.failed("there is no slice yet: make one with \"lamella slice create NAME\"");
        }
        if (slices.size() > 1) {
            throw Failure.wrongUse("in which slice? Name one with --slice: " + String.join(", ", slices));
        }
        return new Place(slices.getFirst(), word);
    }

    private static Place given(Invocation invocation, String word, int slash) {
        String slice = checked("slice", word.substring(0, slash));
        if (invocation.option("slice").filter(s -> !s.equals(slice)).isPresent()) {
            throw Failure.wrongUse(
                    "\"" + word + "\" and --slice " + invocation.option("slice").get() + " name different slices");
        }
        return new Place(slice, checked("name", word.substring(slash + 1)));
    }

    private static String checked(String field, String name) {
        return Names.check(field, name);
    }
}
