package io.lamella.api;

import io.lamella.model.Refusal;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Answers without an end of their own, ended when the server stops. Any thread. */
final class OpenStreams {
    private final Set<Runnable> endings = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** Keeps how to end a stream until it is removed. Refuses new streams once the server stops. */
    void add(Runnable ending) {
        endings.add(ending);
        if (closed) {
            endings.remove(ending);
            throw Refusal.unavailable("the daemon is stopping");
        }
    }

    void remove(Runnable ending) {
        endings.remove(ending);
    }

    void closeAll() {
        closed = true;
        endings.forEach(Runnable::run);
    }
}
