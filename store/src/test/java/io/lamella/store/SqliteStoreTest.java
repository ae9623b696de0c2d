package io.lamella.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lamella.model.CpuSet;
import io.lamella.model.IdRange;
import io.lamella.model.Phase;
import io.lamella.model.Refusal;
import io.lamella.model.Slice;
import io.lamella.model.SliceSpec;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteStoreTest {
    @TempDir
    Path directory;

    private static Slice slice(String name) {
        return new Slice(
                new SliceSpec(name, Optional.empty(), Optional.empty(), Optional.empty()),
                CpuSet.of(0),
                new IdRange(1_000_000, 65_536),
                Phase.PRESENT,
                Instant.ofEpochSecond(1));
    }

    private static void put(Store store, Slice slice) {
        store.transact(tx -> {
            tx.put(Kind.SLICE, slice);
            return slice;
        });
    }

    @Test
    void whatIsCommittedIsThereAfterReopening() {
        try (Store store = SqliteStore.open(directory)) {
            put(store, slice("b"));
            put(store, slice("a"));
        }
        try (Store store = SqliteStore.open(directory)) {
            assertThat(store.list(Kind.SLICE)).containsExactly(slice("a"), slice("b"));
            assertThat(store.get(Kind.SLICE, "c")).isEmpty();
        }
    }

    @Test
    void aTransactionThatThrowsChangesNothing() {
        try (Store store = SqliteStore.open(directory)) {
            put(store, slice("a"));
            assertThatThrownBy(() -> store.transact(tx -> {
                        tx.delete(Kind.SLICE, "a");
                        tx.put(Kind.SLICE, slice("b"));
                        assertThat(tx.list(Kind.SLICE)).containsExactly(slice("b"));
                        assertThat(tx.get(Kind.SLICE, "a")).isEmpty();
                        throw new IllegalStateException("stop");
                    }))
                    .hasMessage("stop");
            assertThat(store.list(Kind.SLICE)).containsExactly(slice("a"));
        }
        try (Store store = SqliteStore.open(directory)) {
            assertThat(store.list(Kind.SLICE)).containsExactly(slice("a"));
        }
    }

    @Test
    void twoDaemonsOnOneStoreAreRefused() {
        try (Store store = SqliteStore.open(directory)) {
            assertThat(store.list(Kind.SLICE)).isEmpty();
            assertThatThrownBy(() -> SqliteStore.open(directory))
                    .isInstanceOf(Refusal.class)
                    .hasMessageContaining("another daemon")
                    .hasMessageContaining(directory.toString());
        }
        SqliteStore.open(directory).close();
    }

    @Test
    void nobodyElseCanReadOrLockItsFiles() throws Exception {
        Files.createFile(directory.resolve("state.lock")); // as an earlier version left it
        try (Store store = SqliteStore.open(directory)) {
            put(store, slice("a"));
            try (var files = Files.list(directory)) {
                assertThat(files)
                        .isNotEmpty()
                        .allSatisfy(
                                file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                                        .as("%s", file)
                                        .isEqualTo("rw-------"));
            }
        }
    }

    @Test
    void halfOfATransactionIsNeverWrittenLater() {
        Kind<Thread> unwritable = new Kind<>("slice", Thread.class, Thread::getName); // has no JSON form
        try (Store store = SqliteStore.open(directory)) {
            assertThatThrownBy(() -> store.transact(tx -> {
                        tx.put(Kind.SLICE, slice("a"));
                        tx.put(unwritable, new Thread("b"));
                        return 0;
                    }))
                    .isInstanceOf(RuntimeException.class);
            put(store, slice("c"));
        }
        try (Store store = SqliteStore.open(directory)) {
            assertThat(store.list(Kind.SLICE)).containsExactly(slice("c"));
        }
    }

    @Test
    void aFileThatIsNoDatabaseIsNamed() throws Exception {
        Files.writeString(directory.resolve("state.db"), "this is not a database, and it is long enough to be read");
        assertThatThrownBy(() -> SqliteStore.open(directory))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("state.db");
    }

    @Test
    void aFullDiskTakesChangesAndDeletionsAndNothingNew() throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"), "mounting a small tmpfs needs root");
        Path small = Files.createDirectory(directory.resolve("small"));
        run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", small.toString());
        try (Store store = SqliteStore.open(small)) {
            put(store, slice("a"));
            for (int i = 0; i < 200; i++) {
                put(store, slice("b" + i));
            }
            fill(small.resolve("ballast"));
            assertThatThrownBy(() -> put(store, slice("z")))
                    .isInstanceOf(Refusal.class)
                    .hasMessageContaining("full");
            assertThat(store.list(Kind.SLICE)).hasSize(201).doesNotContain(slice("z"));
            for (int i = 0; i < 1000; i++) {
                put(store, slice("a").withPhase(i % 2 == 0 ? Phase.DELETING : Phase.PRESENT));
            }
            for (int i = 0; i < 200; i++) {
                String name = "b" + i;
                put(store, slice(name).withPhase(Phase.DELETING));
                store.transact(tx -> {
                    tx.delete(Kind.SLICE, name);
                    return name;
                });
            }
            assertThat(store.list(Kind.SLICE)).containsExactly(slice("a"));
            Files.delete(small.resolve("ballast"));
            put(store, slice("z"));
        } finally {
            run("umount", small.toString());
        }
    }

    private static void fill(Path ballast) throws IOException {
        try (OutputStream out = Files.newOutputStream(ballast)) {
            while (true) {
                out.write(new byte[4096]);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("No space left");
        }
    }

    private static void run(String... command) throws Exception {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }
}
