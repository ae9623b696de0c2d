package io.lamella.compute;

import io.lamella.model.BackendInfo;
import io.lamella.model.BackendKind;
import io.lamella.model.InstanceSpec;
import io.lamella.model.Refusal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The backends that this node was built with. */
public final class Backends {
    private final Map<BackendKind, Backend> byKind = new EnumMap<>(BackendKind.class);

    public Backends(Collection<Backend> backends) {
        backends.forEach(b -> byKind.put(b.kind(), b));
    }

    Collection<Backend> all() {
        return byKind.values();
    }

    List<BackendInfo> probe() {
        return byKind.values().stream().map(Backend::probe).toList();
    }

    /** The backend of an instance that exists. */
    Backend of(BackendKind kind) {
        Backend backend = byKind.get(kind);
        if (backend == null) {
            throw Refusal.unavailable("this node has no backend " + kind);
        }
        return backend;
    }

    /**
     * A backend for an instance.
     *
     * @param reason why it was picked, where that was left to the node
     */
    record Choice(Backend backend, Optional<String> reason) {
        BackendKind kind() {
            return backend.kind();
        }
    }

    /**
     * The backend for an instance of this image: the one asked for where it can run it here, or with {@code auto} the
     * first that can.
     */
    Choice choose(BackendKind wanted, Root image, InstanceSpec spec) {
        if (wanted == BackendKind.AUTO) {
            return first(image, spec);
        }
        if (!byKind.containsKey(wanted)) {
            throw Refusal.invalid("backend", wanted, "one that this node has: " + words(byKind.keySet()));
        }
        Backend backend = of(wanted);
        BackendInfo info = backend.probe();
        if (!info.available()) {
            throw Refusal.unavailable("backend " + wanted + " does not work on this node: " + info.detail());
        }
        backend.objection(image).ifPresent(reason -> {
            throw Refusal.conflict("backend", "backend " + wanted + " cannot run this image: " + reason);
        });
        check(backend, spec);
        return new Choice(backend, Optional.empty());
    }

    /** Refuses an instance that asks for what this backend has not. */
    static void check(Backend backend, InstanceSpec spec) {
        backend.objection(spec).ifPresent(reason -> {
            throw Refusal.conflict("backend", "backend " + backend.kind() + " cannot run this instance: " + reason);
        });
    }

    private Choice first(Root image, InstanceSpec spec) {
        List<String> passedOver = new ArrayList<>();
        for (Backend backend : byKind.values()) {
            BackendInfo info = backend.probe();
            Optional<String> obstacle = info.available()
                    ? backend.objection(image).or(() -> backend.objection(spec))
                    : Optional.of(info.detail());
            if (obstacle.isEmpty()) {
                String why = passedOver.isEmpty()
                        ? "the first of " + words(byKind.keySet()) + ", and it works here with this image"
                        : String.join("; ", passedOver);
                return new Choice(backend, Optional.of(why));
            }
            passedOver.add("not " + backend.kind() + ": " + obstacle.get());
        }
        throw Refusal.unavailable("no backend of this node can run the image: " + String.join("; ", passedOver));
    }

    private static String words(Collection<BackendKind> kinds) {
        return kinds.stream().map(BackendKind::word).collect(Collectors.joining(", "));
    }
}
