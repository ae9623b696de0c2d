package io.lamella.compute;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;

/**
 * Who may change what at the same time: work on one instance excludes other work on it; changing or deleting a slice
 * excludes all work on its instances. Taken in the order slice, instance; nobody takes a second slice's. Held by closing
 * the returned handle. A lock is kept only while somebody wants it, since anybody may ask for names that do not exist.
 */
final class Locks {
    private final ConcurrentMap<String, Wanted> wanted = new ConcurrentHashMap<>();

    /** Gives a lock back. */
    interface Held extends AutoCloseable {
        @Override
        void close();
    }

    private record Wanted(ReadWriteLock lock, int users) {
        Wanted used(int more) {
            return new Wanted(lock, users + more);
        }
    }

    Held slice(String slice) {
        return hold(slice, ReadWriteLock::writeLock);
    }

    /** For work on an instance; within {@link #slice} of the same thread too. */
    Held instance(String slice, String name) {
        Held outer = within(slice);
        Held inner = hold(slice + "/" + name, ReadWriteLock::writeLock);
        return () -> {
            inner.close();
            outer.close();
        };
    }

    /** For work that only needs the slice to stay as it is. */
    Held within(String slice) {
        return hold(slice, ReadWriteLock::readLock);
    }

    /** How many locks are held or waited for. */
    int size() {
        return wanted.size();
    }

    private Held hold(String key, Function<ReadWriteLock, Lock> side) {
        Wanted entry = wanted.merge(key, new Wanted(new ReentrantReadWriteLock(), 1), (old, fresh) -> old.used(1));
        Lock lock = side.apply(entry.lock());
        lock.lock();
        return () -> {
            lock.unlock();
            wanted.computeIfPresent(key, (k, now) -> now.users() == 1 ? null : now.used(-1));
        };
    }
}
