package io.lamella.compute;

import io.lamella.model.Operation;
import io.lamella.model.Refusal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Long work in the background. The last 100 are remembered. Safe for use by several threads. */
public final class Operations {
    private static final Logger LOG = LoggerFactory.getLogger(Operations.class);
    private static final int REMEMBERED = 100;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<String, Operation> byId = new LinkedHashMap<>();

    /** Starts {@code work} on a thread of its own. */
    public Operation start(String kind, String target, Consumer<Progress> work) {
        Operation started = new Operation(
                UUID.randomUUID().toString(), kind, target, Operation.State.RUNNING, "", 0, 0, Optional.empty());
        record(started);
        Thread.ofVirtual().name(kind + " " + target).start(() -> run(started, work));
        return started;
    }

    private void run(Operation started, Consumer<Progress> work) {
        try {
            work.accept((step, done, total) -> record(with(started, Operation.State.RUNNING, step, done, total)));
            record(with(started, Operation.State.SUCCEEDED, "done", 0, 0));
        } catch (Refusal e) {
            record(failed(started, e.getMessage()));
        } catch (RuntimeException | Error e) { // or whoever waits for its end would wait for ever
            LOG.error("{} {} failed", started.kind(), started.target(), e);
            record(failed(started, "an internal error, which the daemon's log names: " + e.getMessage()));
        }
    }

    private static Operation with(Operation o, Operation.State state, String step, long done, long total) {
        return new Operation(o.id(), o.kind(), o.target(), state, step, done, total, Optional.empty());
    }

    private static Operation failed(Operation o, String sentence) {
        return new Operation(
                o.id(), o.kind(), o.target(), Operation.State.FAILED, "failed", 0, 0, Optional.of(sentence));
    }

    private void record(Operation operation) {
        lock.lock();
        try {
            byId.put(operation.id(), operation);
            if (byId.size() > REMEMBERED) {
                byId.values().stream()
                        .filter(o -> o.state() != Operation.State.RUNNING)
                        .findFirst()
                        .ifPresent(o -> byId.remove(o.id()));
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    public List<Operation> list() {
        lock.lock();
        try {
            return List.copyOf(byId.values());
        } finally {
            lock.unlock();
        }
    }

    public Operation get(String id) {
        lock.lock();
        try {
            return Optional.ofNullable(byId.get(id)).orElseThrow(() -> Refusal.notFound("operation", id));
        } finally {
            lock.unlock();
        }
    }

    /** Returns as soon as it differs from {@code seen} or has ended, at the latest after {@code timeout}. */
    public Operation await(Operation seen, Duration timeout) throws InterruptedException {
        long left = timeout.toNanos();
        lock.lock();
        try {
            Operation now = get(seen.id());
            while (now.equals(seen) && now.state() == Operation.State.RUNNING && left > 0) {
                left = changed.awaitNanos(Math.min(left, TimeUnit.SECONDS.toNanos(60)));
                now = get(seen.id());
            }
            return now;
        } finally {
            lock.unlock();
        }
    }
}
