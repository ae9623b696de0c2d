package io.lamella.store;

import io.lamella.model.Codec;
import io.lamella.model.Refusal;
import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * The store in one SQLite file, held by one process at a time. All objects are also kept decoded in memory: reads never
 * touch the disk, and a write is in the file (write-ahead log, synchronous=FULL) before any reader sees it. On a full
 * disk new objects are refused, while those there are can be changed and deleted.
 */
public final class SqliteStore implements Store {
    private static final int SCHEMA = 1;

    /** SQLite's own default, in bytes. */
    private static final int PAGE = 4096;

    /** What the files hold in reserve, so that some hundred changes and deletions fit on a full disk; in bytes. */
    private static final int RESERVE = 512 << 10;

    /** What the disk must have free for a new record, in bytes. */
    private static final long ROOM = 1 << 20;

    private final File directory;
    private final FileChannel lockFile;
    private final Connection connection;
    private final PreparedStatement put;
    private final PreparedStatement delete;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final Map<String, TreeMap<String, Object>> objects = new HashMap<>();

    private SqliteStore(Path directory, FileChannel lockFile, Connection connection) throws SQLException {
        this.directory = directory.toFile();
        this.lockFile = lockFile;
        this.connection = connection;
        this.put = connection.prepareStatement("INSERT OR REPLACE INTO objects (kind, key, json) VALUES (?, ?, ?)");
        this.delete = connection.prepareStatement("DELETE FROM objects WHERE kind = ? AND key = ?");
    }

    /**
     * Opens or makes the store in {@code directory}. Refuses a directory that another process has open and a file of a
     * later version.
     */
    public static SqliteStore open(Path directory) {
        Path file = directory.resolve("state.db");
        try {
            Files.createDirectories(directory);
            FileChannel lockFile = lock(directory);
            try {
                SqliteStore store = new SqliteStore(directory, lockFile, connect(file));
                store.load();
                return store;
            } catch (SQLException | RuntimeException e) {
                lockFile.close();
                throw e;
            }
        } catch (SQLException e) {
            throw failure("the state file " + file + " cannot be opened", e);
        } catch (IOException e) {
            throw new StoreException("the state directory " + directory + " cannot be used: " + e.getMessage(), e);
        }
    }

    private static FileChannel lock(Path directory) throws IOException {
        Path file = directory.resolve("state.lock");
        createPrivate(file); // whoever may read it may lock it, and keep the daemon from starting
        FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            // the same answer as for another process
        }
        channel.close();
        throw Refusal.conflict("state", "another daemon uses the state directory " + directory);
    }

    private static void createPrivate(Path file) throws IOException {
        Set<PosixFilePermission> own = PosixFilePermissions.fromString("rw-------");
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(own));
        } catch (FileAlreadyExistsException e) {
            Files.setPosixFilePermissions(file, own);
        }
    }

    private static Connection connect(Path file) throws SQLException, IOException {
        createPrivate(file);
        Connection c = DriverManager.getConnection("jdbc:sqlite:" + file);
        try (Statement s = c.createStatement()) {
            s.execute("PRAGMA locking_mode = EXCLUSIVE");
            s.execute("PRAGMA journal_mode = WAL");
            s.execute("PRAGMA synchronous = FULL");
            int version;
            try (ResultSet r = s.executeQuery("PRAGMA user_version")) {
                version = r.getInt(1);
            }
            if (version > SCHEMA) {
                c.close();
                throw Refusal.conflict(
                        "state",
                        "the state file " + file + " is of version " + version + ", this Lamella knows up to "
                                + SCHEMA);
            }
            s.execute("CREATE TABLE IF NOT EXISTS objects (kind TEXT NOT NULL, key TEXT NOT NULL, json TEXT NOT NULL,"
                    + " PRIMARY KEY (kind, key)) WITHOUT ROWID");
            if (version != SCHEMA) {
                s.execute("PRAGMA user_version = " + SCHEMA);
            }
            reserve(s);
        }
        c.setAutoCommit(false);
        return c;
    }

    /**
     * Grows file and log, which are written over and over from then on: the log begins anew when it has been carried
     * over into the file, which happens before it is longer than this. Whoever has to delete something to make room can.
     */
    private static void reserve(Statement s) throws SQLException {
        try {
            s.execute("PRAGMA wal_autocheckpoint = " + RESERVE / 2 / PAGE);
            s.execute("CREATE TABLE IF NOT EXISTS reserve (bytes BLOB)");
            s.execute("INSERT INTO reserve VALUES (zeroblob(" + RESERVE + "))");
        } catch (SQLException e) {
            if (!full(e)) {
                throw e; // else the disk is full already: what there is has to do
            }
        }
        try {
            s.execute("DROP TABLE IF EXISTS reserve");
            s.execute("PRAGMA wal_checkpoint");
        } catch (SQLException e) {
            if (!full(e)) {
                throw e;
            }
        }
    }

    private static boolean full(SQLException e) {
        return e instanceof SQLiteException s && s.getResultCode() == SQLiteErrorCode.SQLITE_FULL;
    }

    private void load() throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT key, json FROM objects WHERE kind = ?")) {
            for (Kind<?> kind : Kind.ALL) {
                TreeMap<String, Object> map = new TreeMap<>();
                select.setString(1, kind.name());
                try (ResultSet r = select.executeQuery()) {
                    while (r.next()) {
                        map.put(r.getString(1), Codec.read(kind.type(), r.getString(2)));
                    }
                }
                objects.put(kind.name(), map);
            }
        }
        connection.rollback();
    }

    private TreeMap<String, Object> map(Kind<?> kind) {
        TreeMap<String, Object> map = objects.get(kind.name());
        if (map == null) {
            throw new IllegalArgumentException("kind " + kind.name() + " is not in Kind.ALL");
        }
        return map;
    }

    @Override
    public <T> Optional<T> get(Kind<T> kind, String key) {
        lock.readLock().lock();
        try {
            return Optional.ofNullable(map(kind).get(key)).map(kind.type()::cast);
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public <T> List<T> list(Kind<T> kind) {
        lock.readLock().lock();
        try {
            return map(kind).values().stream().map(kind.type()::cast).toList();
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public <R> R transact(Function<Transaction, R> work) {
        lock.writeLock().lock();
        try {
            Changes changes = new Changes();
            R result = work.apply(changes);
            changes.commit();
            return result;
        } finally {
            lock.writeLock().unlock();
        }
    }

    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            connection.close();
            lockFile.close();
        } catch (SQLException | IOException e) {
            throw new StoreException("the state file cannot be closed", e);
        } finally {
            lock.writeLock().unlock();
        }
    }

    private static RuntimeException failure(String what, SQLException e) {
        if (full(e)) {
            return diskFull();
        }
        return new StoreException(what + ": " + e.getMessage(), e);
    }

    private static Refusal diskFull() {
        return Refusal.exhausted("state", "the disk of the state directory is full");
    }

    /** What a transaction wants to change; seen by its own reads and by nobody else until it is committed. */
    private final class Changes implements Transaction {
        private final Map<Kind<?>, Map<String, Optional<Object>>> pending = new LinkedHashMap<>();

        private Map<String, Optional<Object>> pending(Kind<?> kind) {
            return pending.getOrDefault(kind, Map.of());
        }

        @Override
        public <T> Optional<T> get(Kind<T> kind, String key) {
            Optional<Object> changed = pending(kind).get(key);
            return (changed != null ? changed : Optional.ofNullable(map(kind).get(key))).map(kind.type()::cast);
        }

        @Override
        public <T> List<T> list(Kind<T> kind) {
            Map<String, Optional<Object>> changed = pending(kind);
            if (changed.isEmpty()) {
                return map(kind).values().stream().map(kind.type()::cast).toList();
            }
            TreeMap<String, Object> merged = new TreeMap<>(map(kind));
            changed.forEach((key, value) -> value.ifPresentOrElse(v -> merged.put(key, v), () -> merged.remove(key)));
            return merged.values().stream().map(kind.type()::cast).toList();
        }

        @Override
        public <T> void put(Kind<T> kind, T value) {
            pending.computeIfAbsent(kind, k -> new LinkedHashMap<>())
                    .put(kind.key().apply(value), Optional.of(value));
        }

        @Override
        public void delete(Kind<?> kind, String key) {
            pending.computeIfAbsent(kind, k -> new LinkedHashMap<>()).put(key, Optional.empty());
        }

        void commit() {
            if (pending.isEmpty()) {
                return;
            }
            if (adds() && directory.getUsableSpace() < ROOM) {
                throw diskFull(); // the rest is for changes and deletions
            }
            try {
                for (var kind : pending.entrySet()) {
                    for (var change : kind.getValue().entrySet()) {
                        write(kind.getKey().name(), change.getKey(), change.getValue());
                    }
                }
                connection.commit();
            } catch (SQLException e) {
                rollback(e);
                throw failure("the state file cannot be written", e);
            } catch (RuntimeException e) {
                rollback(e); // or the next transaction would write the first half of this one
                throw e;
            }
            pending.forEach((kind, changes) -> changes.forEach((key, value) -> value.ifPresentOrElse(
                    v -> map(kind).put(key, v), () -> map(kind).remove(key))));
        }

        private boolean adds() {
            return pending.entrySet().stream()
                    .anyMatch(kind -> kind.getValue().entrySet().stream()
                            .anyMatch(change -> change.getValue().isPresent()
                                    && !map(kind.getKey()).containsKey(change.getKey())));
        }

        private void write(String kind, String key, Optional<Object> value) throws SQLException {
            PreparedStatement statement = value.isPresent() ? put : delete;
            statement.setString(1, kind);
            statement.setString(2, key);
            if (value.isPresent()) {
                statement.setString(3, Codec.write(value.get()));
            }
            statement.executeUpdate();
        }

        private void rollback(Exception cause) {
            try {
                connection.rollback();
            } catch (SQLException e) {
                cause.addSuppressed(e);
            }
        }
    }
}
