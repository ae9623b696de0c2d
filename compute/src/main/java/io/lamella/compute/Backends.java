package io.lamella.compute;

import io.lamella.model.BackendInfo;
import io.lamella.model.BackendKind;
import io.lamella.model.Refusal;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
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

    /** The backend for a new instance: the one asked for where it works here, or with {@code auto} the first that does. */
    Backend choose(BackendKind wanted) {
        if (wanted == BackendKind.AUTO) {
            return byKind.values().stream()
                    .filter(b -> b.probe().available())
                    .findFirst()
                    .orElseThrow(() -> Refusal.unavailable("no backend works on this node: " + reasons()));
        }
        if (!byKind.containsKey(wanted)) {
            throw Refusal.invalid(
                    "backend",
                    wanted,
                    "one that this node has: "
                            + byKind.keySet().stream().map(BackendKind::word).collect(Collectors.joining(", ")));
        }
        Backend backend = of(wanted);
        BackendInfo info = backend.probe();
        if (!info.available()) {
            throw Refusal.unavailable("backend " + wanted + " does not work on this node: " + info.detail());
        }
        return backend;
    }

    private String reasons() {
        return probe().stream().map(i -> i.backend() + ": " + i.detail()).collect(Collectors.joining("; "));
    }
}
