package io.lamella.backend.lxc;

import io.lamella.linux.ProcessWatch;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/** Tells when an instance's monitor ends that nobody asked to end. */
final class Exits {
    private final ProcessWatch watch = new ProcessWatch();
    private final Map<String, Integer> monitors = new ConcurrentHashMap<>();
    private final List<BiConsumer<String, String>> listeners = new CopyOnWriteArrayList<>();

    void listen(BiConsumer<String, String> listener) {
        listeners.add(listener);
    }

    /** Expects the end of {@code monitor} from now on. {@code reason} is asked for when it has come. */
    void expect(Unit unit, int monitor, Supplier<String> reason) {
        monitors.put(unit.name(), monitor);
        watch.watch(monitor, () -> {
            if (monitors.remove(unit.name(), monitor)) {
                listeners.forEach(listener -> listener.accept(unit.name(), reason.get()));
            }
        });
    }

    /** From now on the unit's end is no news. */
    void ignore(Unit unit) {
        Integer monitor = monitors.remove(unit.name());
        if (monitor != null) {
            watch.unwatch(monitor);
        }
    }

    /** Calls {@code ended} when the process has ended, or at once where it has. */
    void once(int pid, Runnable ended) {
        watch.watch(pid, ended);
    }
}
