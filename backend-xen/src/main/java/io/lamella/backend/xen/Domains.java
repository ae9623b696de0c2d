package io.lamella.backend.xen;

import io.lamella.linux.Cgroups;
import io.lamella.linux.Pids;
import io.lamella.linux.ProcessWatch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The domains that run. Which ones do is what the hypervisor says. Each has an xl process that watches over it and ends
 * with it; a connection to its agent is made when it is needed and kept while it lasts.
 */
final class Domains implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Domains.class);
    private static final long PAUSE_MILLIS = 1000;

    private final Cgroups cgroups;
    private final ProcessWatch watch = new ProcessWatch();
    private final Map<String, Machine> connected = new ConcurrentHashMap<>();
    private final Map<String, Integer> expected = new ConcurrentHashMap<>();
    private final List<BiConsumer<String, String>> listeners = new CopyOnWriteArrayList<>();

    Domains(Cgroups cgroups) {
        this.cgroups = cgroups;
    }

    void listen(BiConsumer<String, String> listener) {
        listeners.add(listener);
    }

    /** The process that watches over the unit's domain. */
    Optional<Integer> watcher(Unit unit) {
        return cgroups.exists(unit.group())
                ? cgroups.processes(unit.group()).stream()
                        .map(Long::intValue)
                        .filter(pid -> Pids.commandLine(pid).matches("(\\S*/)?xl create .*"))
                        .findFirst()
                : Optional.empty();
    }

    /** A connection to the agent of a domain. */
    Machine machine(Unit unit, XlText.Domain domain) {
        return connected.compute(unit.name(), (name, known) -> {
            if (known != null && known.domain() == domain.id()) {
                return known;
            }
            if (known != null) {
                known.close();
            }
            return Machine.connect(unit, domain.id());
        });
    }

    /** Reports the end of the unit's domain from now on. */
    void expect(Unit unit) {
        Optional<Integer> pid = watcher(unit);
        int key = pid.orElse(0);
        expected.put(unit.name(), key);
        if (pid.isPresent()) {
            watch.watch(pid.get(), () -> awaitEnd(unit, key));
        } else {
            Thread.ofVirtual().name("watch-" + unit.name()).start(() -> awaitEnd(unit, key));
        }
    }

    /** Asks again and again where the process that knew is gone before the domain. */
    private void awaitEnd(Unit unit, int key) {
        try {
            while (expected.getOrDefault(unit.name(), -1) == key) {
                if (ended(unit)) {
                    if (expected.remove(unit.name(), key)) {
                        String reason =
                                XlText.ending(watchLog(unit)) + unit.console().lastWords();
                        listeners.forEach(listener -> listener.accept(unit.name(), reason));
                    }
                    return;
                }
                Thread.sleep(PAUSE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean ended(Unit unit) {
        try {
            Optional<XlText.Domain> domain = Xl.domain(unit.domain());
            if (domain.isPresent() && domain.get().ended() && watcher(unit).isEmpty()) {
                Xl.run("destroy", unit.domain()); // what the process would have done
                return true;
            }
            return domain.isEmpty();
        } catch (XlException e) {
            LOG.warn("whether {} runs is not known: {}", unit.name(), e.getMessage());
            return false;
        }
    }

    private static String watchLog(Unit unit) {
        try {
            return Files.readString(unit.watchLog(), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    /** From now on the domain's end is no news. */
    void ignore(Unit unit) {
        Integer pid = expected.remove(unit.name());
        if (pid != null) {
            watch.unwatch(pid);
        }
    }

    void forget(Unit unit) {
        Machine machine = connected.remove(unit.name());
        if (machine != null) {
            machine.close();
        }
    }

    /** Lets go of all domains, which run on. */
    @Override
    public void close() {
        watch.close();
        expected.clear();
        connected.values().forEach(Machine::close);
        connected.clear();
    }
}
