package io.lamella.network;

import io.lamella.model.Refusal;
import io.lamella.ovsdb.Operation;
import io.lamella.ovsdb.OvsdbClient;
import io.lamella.ovsdb.OvsdbException;
import io.lamella.ovsdb.OvsdbSettings;
import io.lamella.ovsdb.Result;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The one lasting connection to the database of whichever switch the daemon has. Turns every failure into a refusal. */
final class SwitchLink implements AutoCloseable {
    /** To close 200 ports takes the userspace datapath some 5 s of an idle machine. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private record Connection(Path socket, OvsdbClient client, SwitchTables tables) {}

    private final SwitchDaemon daemon;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Connection connection; // guarded by lock

    SwitchLink(SwitchDaemon daemon) {
        this.daemon = daemon;
    }

    /** The database as it is now: after a disconnection this waits for the new snapshot. */
    SwitchTables tables() {
        SwitchTables tables = connection().tables();
        within(tables, PATIENCE, () -> Optional.of(true), SwitchLink::silent);
        return tables;
    }

    /** Carries out one transaction; what it changes is in {@link #tables} when this returns. */
    List<Result> transact(List<Operation> operations) {
        OvsdbClient client = connection().client();
        return asked(() -> client.transact(operations));
    }

    /** Waits for an answer from the tables, see {@link SwitchTables#await}. */
    static <T> T within(
            SwitchTables tables, Duration timeout, Supplier<Optional<T>> question, Supplier<Refusal> otherwise) {
        try {
            return tables.await(timeout, question).orElseThrow(otherwise);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Refusal.unavailable("interrupted while waiting for the switch");
        }
    }

    static Refusal silent() {
        return Refusal.unavailable("the switch did not answer within " + PATIENCE.toSeconds() + " s");
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (connection != null) {
                connection.client().close();
                connection = null;
            }
        } finally {
            lock.unlock();
        }
    }

    private Connection connection() {
        lock.lock();
        try {
            daemon.demand();
            Path socket = daemon.databaseSocket();
            if (connection != null && !connection.socket().equals(socket)) {
                close();
            }
            if (connection == null) {
                OvsdbClient client = OvsdbClient.open(OvsdbSettings.unix(socket, SwitchTables.ROOT));
                SwitchTables tables = new SwitchTables();
                try {
                    asked(() -> client.monitor(SwitchTables.COLUMNS, tables));
                } catch (Refusal e) {
                    client.close();
                    throw e;
                }
                connection = new Connection(socket, client, tables);
            }
            return connection;
        } finally {
            lock.unlock();
        }
    }

    private static <T> T asked(Supplier<T> request) {
        try {
            return request.get();
        } catch (OvsdbException e) {
            throw Refusal.unavailable("the switch's database failed: " + e.getMessage());
        }
    }
}
