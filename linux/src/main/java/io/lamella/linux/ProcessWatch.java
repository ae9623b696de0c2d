package io.lamella.linux;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Tells when processes end, also those that are not children of the JVM, by pidfd_open(2) and one thread for all of
 * them. Any thread may call. Callbacks run in virtual threads of their own, each once.
 */
public final class ProcessWatch implements AutoCloseable {
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Integer, Watched> watched = new HashMap<>();
    /** Descriptors that only the polling thread may close: it may be waiting on them. */
    private final List<Integer> retired = new ArrayList<>();

    private @Nullable Poller poller;
    private boolean closed;

    private record Watched(int fd, Runnable onExit) {}

    private record Poller(EventFd wakeup, Thread thread) {}

    /**
     * Calls {@code onExit} when the process ends, or at once where it is gone already. A later call for the same number
     * takes the place of an earlier one.
     *
     * @throws IllegalStateException after {@link #close}
     */
    public void watch(int pid, Runnable onExit) {
        int fd = Libc.PIDFD_OPEN.invoke(pid, 0);
        if (Pids.gone(fd)) {
            unwatch(pid);
            Thread.startVirtualThread(onExit);
            return;
        }
        Libc.checked("watching process " + pid, fd);
        lock.lock();
        try {
            if (closed) {
                Libc.close(fd);
                throw new IllegalStateException("the watch is closed");
            }
            retire(watched.put(pid, new Watched(fd, onExit)));
            started().wakeup().wake();
        } finally {
            lock.unlock();
        }
    }

    /** Forgets the process. Afterwards its callback does not begin any more, though it may be running. */
    public void unwatch(int pid) {
        lock.lock();
        try {
            retire(watched.remove(pid));
        } finally {
            lock.unlock();
        }
    }

    /** Forgets all processes and ends the thread. */
    @Override
    public void close() {
        Poller started;
        lock.lock();
        try {
            closed = true;
            started = poller;
            poller = null;
            if (started == null) {
                return;
            }
            watched.values().forEach(this::retire);
            watched.clear();
            started.wakeup().wake();
        } finally {
            lock.unlock();
        }
        boolean interrupted = false;
        while (started.thread().isAlive()) {
            try {
                started.thread().join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        started.wakeup().close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void retire(@Nullable Watched old) {
        if (old != null) {
            retired.add(old.fd());
            if (poller != null) {
                poller.wakeup().wake();
            }
        }
    }

    /** The thread starts with the first process: a node without instances does not pay for it. */
    private Poller started() {
        Poller known = poller;
        if (known == null) {
            EventFd wakeup = new EventFd();
            Thread thread = Thread.ofPlatform().daemon().name("process-watch").unstarted(() -> run(wakeup));
            known = new Poller(wakeup, thread);
            poller = known;
            thread.start();
        }
        return known;
    }

    private void run(EventFd wakeup) {
        while (true) {
            List<Map.Entry<Integer, Watched>> current;
            lock.lock();
            try {
                retired.forEach(Libc::close);
                retired.clear();
                if (closed) {
                    return;
                }
                current = List.copyOf(Map.copyOf(watched).entrySet());
            } finally {
                lock.unlock();
            }
            int[] fds = new int[current.size() + 1];
            fds[current.size()] = wakeup.fd();
            for (int i = 0; i < current.size(); i++) {
                fds[i] = current.get(i).getValue().fd();
            }
            boolean[] ready = EventFd.poll(fds);
            if (ready[current.size()]) {
                wakeup.drain();
            }
            for (int i = 0; i < current.size(); i++) {
                if (ready[i]) {
                    exited(current.get(i).getKey(), current.get(i).getValue());
                }
            }
        }
    }

    private void exited(int pid, Watched process) {
        lock.lock();
        try {
            if (watched.remove(pid, process)) {
                retired.add(process.fd());
                Thread.startVirtualThread(process.onExit());
            }
        } finally {
            lock.unlock();
        }
    }
}
