package io.lamella.backend.kvm;

import io.lamella.linux.Cgroups;
import io.lamella.linux.ProcessWatch;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;

/**
 * The machines that run. Which ones do is what the control groups say; a connection to one is made when it is needed and
 * kept while it lasts.
 */
final class Machines implements AutoCloseable {
    private final Cgroups cgroups;
    private final ProcessWatch watch = new ProcessWatch();
    private final Map<String, Machine> connected = new ConcurrentHashMap<>();
    private final Map<String, Integer> expected = new ConcurrentHashMap<>();
    private final List<BiConsumer<String, String>> listeners = new CopyOnWriteArrayList<>();

    Machines(Cgroups cgroups) {
        this.cgroups = cgroups;
    }

    void listen(BiConsumer<String, String> listener) {
        listeners.add(listener);
    }

    /** QEMU's process number, where it runs: the group is ours alone, unlike any file that the process writes. */
    Optional<Integer> pid(Unit unit) {
        return cgroups.exists(unit.group())
                ? cgroups.processes(unit.group()).stream().findFirst().map(Long::intValue)
                : Optional.empty();
    }

    /** A connection to the unit's machine; empty where none runs. */
    Optional<Machine> find(Unit unit) {
        Optional<Integer> pid = pid(unit);
        if (pid.isEmpty()) {
            return Optional.empty();
        }
        return Optional.ofNullable(connected.compute(unit.name(), (name, known) -> {
            if (known != null && known.pid() == pid.get() && !known.qmp().ended()) {
                return known;
            }
            if (known != null) {
                known.close();
            }
            return Machine.connect(unit, pid.get());
        }));
    }

    /** Reports the end of the unit's machine from now on. */
    void expect(Unit unit, int pid) {
        expected.put(unit.name(), pid);
        watch.watch(pid, () -> {
            if (expected.remove(unit.name(), pid)) {
                String reason = "its machine ended" + unit.console().lastWords();
                listeners.forEach(listener -> listener.accept(unit.name(), reason));
            }
        });
    }

    /** From now on the machine's end is no news. */
    void ignore(Unit unit) {
        Integer pid = expected.remove(unit.name());
        if (pid != null) {
            watch.unwatch(pid);
        }
    }

    @Override
    public void close() {
        watch.close();
        connected.values().forEach(Machine::close);
        connected.clear();
    }

    void forget(Unit unit) {
        Machine machine = connected.remove(unit.name());
        if (machine != null) {
            machine.close();
        }
    }
}
