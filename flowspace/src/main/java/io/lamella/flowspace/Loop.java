package io.lamella.flowspace;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One thread that waits for its channels and its timers. Everything but {@link #execute} and {@link #close} is its own. */
final class Loop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Loop.class);

    /** What is done when a channel is ready. */
    interface Ready {
        void ready(SelectionKey key) throws IOException;

        /** It has failed, with or without a defect: only this channel's connection ends. */
        void failed(Exception reason);
    }

    private record Timer(long at, long number, Runnable task) implements Comparable<Timer> {
        @Override
        public int compareTo(Timer o) {
            int byTime = Long.compare(at - o.at, 0);
            return byTime != 0 ? byTime : Long.compare(number, o.number);
        }
    }

    private final Selector selector;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final PriorityQueue<Timer> timers = new PriorityQueue<>();
    private final Set<Wire> dirty = new LinkedHashSet<>();
    private final Thread thread;
    private long timerNumber;
    private volatile boolean closed;

    Loop(String name) {
        try {
            selector = Selector.open();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        thread = Thread.ofPlatform().name(name).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Runs a task in this loop's thread; may be called from any thread. */
    void execute(Runnable task) {
        tasks.add(task);
        selector.wakeup();
    }

    void after(Duration pause, Runnable task) {
        timers.add(new Timer(System.nanoTime() + pause.toNanos(), timerNumber++, task));
    }

    SelectionKey register(SelectableChannel channel, int interest, Ready ready) throws IOException {
        channel.configureBlocking(false);
        return channel.register(selector, interest, ready);
    }

    /** Has the wire flushed before the loop waits again: many messages go out in one write. */
    void flushLater(Wire wire) {
        dirty.add(wire);
    }

    private void run() {
        try {
            while (!closed) {
                selector.select(timeout());
                for (SelectionKey key : selector.selectedKeys()) {
                    serve(key);
                }
                selector.selectedKeys().clear();
                runTasks();
                flush();
            }
        } catch (ClosedSelectorException | IOException e) {
            LOG.error("the loop has ended", e);
        } finally {
            selector.keys().forEach(k -> close(k.channel()));
            close(selector);
        }
    }

    private static void close(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception e) {
            LOG.debug("closing", e);
        }
    }

    private long timeout() {
        if (!tasks.isEmpty()) {
            return 1;
        }
        Timer next = timers.peek();
        return next == null ? 0 : Math.max(1, (next.at - System.nanoTime()) / 1_000_000);
    }

    private void serve(SelectionKey key) {
        Ready ready = (Ready) key.attachment();
        try {
            if (key.isValid()) {
                ready.ready(key);
            }
        } catch (IOException | RuntimeException e) {
            ready.failed(e);
        }
    }

    private void runTasks() {
        List<Runnable> due = new ArrayList<>();
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            due.add(task);
        }
        long now = System.nanoTime();
        for (Timer t = timers.peek(); t != null && t.at - now <= 0; t = timers.peek()) {
            timers.poll();
            due.add(t.task);
        }
        for (Runnable task : due) {
            try {
                task.run();
            } catch (RuntimeException e) {
                LOG.error("a defect", e);
            }
        }
    }

    private void flush() {
        while (!dirty.isEmpty()) {
            List<Wire> now = List.copyOf(dirty);
            dirty.clear();
            for (Wire wire : now) {
                try {
                    wire.flush();
                } catch (IOException | RuntimeException e) {
                    wire.failed(e);
                }
            }
        }
    }

    /** Ends the thread and closes every channel. */
    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
