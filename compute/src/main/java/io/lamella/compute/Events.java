package io.lamella.compute;

import io.lamella.model.Event;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Tells subscribers what happens on the node. Publishing never waits for a subscriber. */
public final class Events {
    private static final int BACKLOG = 1024;

    private final AtomicLong numbers = new AtomicLong();
    private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();
    private final Clock clock;

    public Events(Clock clock) {
        this.clock = clock;
    }

    public void publish(String type, String slice, String name, String message) {
        Event event = new Event(numbers.incrementAndGet(), clock.instant(), type, slice, name, message);
        for (Subscription s : subscriptions) {
            if (!s.queue.offer(event)) {
                s.close(); // a reader that cannot keep up is told so by the end of its stream
            }
        }
    }

    public Subscription subscribe() {
        Subscription s = new Subscription();
        subscriptions.add(s);
        return s;
    }

    /** One reader's events from the moment of subscribing. */
    public final class Subscription implements AutoCloseable {
        private final ArrayBlockingQueue<Event> queue = new ArrayBlockingQueue<>(BACKLOG);
        private volatile boolean closed;

        private Subscription() {}

        /** The next event, or empty when {@code timeout} has passed without one. */
        public Optional<Event> next(Duration timeout) throws InterruptedException {
            return Optional.ofNullable(queue.poll(timeout.toMillis(), TimeUnit.MILLISECONDS));
        }

        /** True once no event will be added: it was closed, or its reader fell too far behind. */
        public boolean closed() {
            return closed;
        }

        @Override
        public void close() {
            closed = true;
            subscriptions.remove(this);
        }
    }
}
