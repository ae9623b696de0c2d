package io.lamella.store;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The node's durable state. Every call may be made from any thread; transactions are serial. A change is on disk when
 * {@link #transact} returns. Throws {@link StoreException} when the disk fails, and {@link io.lamella.model.Refusal}
 * with reason EXHAUSTED when it is full; then nothing has changed.
 */
public interface Store extends AutoCloseable {
    <T> Optional<T> get(Kind<T> kind, String key);

    /** All objects of a kind, ordered by key. */
    <T> List<T> list(Kind<T> kind);

    /** Runs {@code work} and makes all its changes durable at once, or none of them where it throws. */
    <R> R transact(Function<Transaction, R> work);

    @Override
    void close();

    /** Reads and writes within one transaction. Not to be kept after it. */
    interface Transaction {
        <T> Optional<T> get(Kind<T> kind, String key);

        <T> List<T> list(Kind<T> kind);

        /** Writes {@code value}, replacing what has its key. */
        <T> void put(Kind<T> kind, T value);

        /** Removes what has this key; no effect where nothing has. */
        void delete(Kind<?> kind, String key);
    }
}
