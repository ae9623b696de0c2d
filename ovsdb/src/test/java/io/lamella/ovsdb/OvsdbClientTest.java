package io.lamella.ovsdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real ovsdb-server. */
class OvsdbClientTest {
    private static final Map<String, List<String>> BRIDGES = Map.of("Bridge", List.of("name", "external_ids"));

    private PrivateServer server;
    private OvsdbClient client;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        server = new PrivateServer(folder);
        client = server.client();
    }

    @AfterEach
    void stop() throws Exception {
        if (client != null) {
            client.close();
        }
        if (server != null) {
            server.close();
        }
    }

    /** The operations that make a bridge, referenced by the root row as the schema demands. */
    private static List<Operation> bridge(UUID root, String name) {
        return List.of(
                Operation.insert(
                        "Bridge",
                        Row.of("name", Value.of(name)).with("external_ids", Value.map(Map.of("made-by", "test"))),
                        "new_bridge"),
                Operation.mutate(
                        "Open_vSwitch",
                        List.of(Condition.row(root)),
                        Mutation.insert("bridges", Value.set(Value.named("new_bridge")))));
    }

    private UUID root() {
        return client.transact(Operation.insert("Open_vSwitch", Row.EMPTY))
                .getFirst()
                .id()
                .orElseThrow();
    }

    @Test
    void transactsEveryKindOfOperation() {
        UUID root = root();
        List<Result> made = client.transact(bridge(root, "br-a"));
        UUID bridge = made.getFirst().id().orElseThrow();
        assertThat(made.get(1).count()).isEqualTo(1);

        List<Result> results = client.transact(
                new Operation.Comment("six at once"),
                new Operation.Wait(
                        "Bridge",
                        List.of(Condition.row(bridge)),
                        List.of("name"),
                        true,
                        List.of(Row.of("name", Value.of("br-a"))),
                        Duration.ZERO),
                Operation.update(
                        "Bridge",
                        List.of(Condition.row(bridge)),
                        Row.of("flood_vlans", Value.set(Value.of(3), Value.of(4095)))
                                .with("stp_enable", Value.of(true))),
                Operation.mutate(
                        "Bridge",
                        List.of(Condition.equal("name", Value.of("br-a"))),
                        Mutation.delete("external_ids", Value.set(Value.of("made-by"))),
                        Mutation.insert("external_ids", Value.map(Map.of("k", "v \"\\\u00e4\n")))),
                Operation.mutate("Open_vSwitch", List.of(), Mutation.add("next_cfg", 9007199254740993L)),
                Operation.select("Bridge", List.of(Condition.row(bridge))),
                Operation.select("Open_vSwitch", List.of(), "next_cfg", "bridges"));

        assertThat(results.get(2).count()).isEqualTo(1);
        assertThat(results.get(3).count()).isEqualTo(1);
        Row row = results.get(5).rows().getFirst();
        assertThat(row.text("name")).contains("br-a");
        assertThat(row.flag("stp_enable")).isTrue();
        assertThat(row.atoms("flood_vlans")).containsExactlyInAnyOrder(Value.of(3), Value.of(4095));
        assertThat(row.texts("external_ids")).isEqualTo(Map.of("k", "v \"\\\u00e4\n"));
        assertThat(row.ids("_uuid")).containsExactly(bridge);
        Row rootRow = results.get(6).rows().getFirst();
        assertThat(rootRow.whole("next_cfg")).hasValue(9007199254740993L);
        assertThat(rootRow.ids("bridges")).containsExactly(bridge);

        assertThat(client.transact(Operation.delete("Open_vSwitch", List.of()))
                        .getFirst()
                        .count())
                .isEqualTo(1);
        assertThat(client.transact(Operation.select("Bridge", List.of()))
                        .getFirst()
                        .rows())
                .isEmpty();
    }

    @Test
    void namesTheOperationTheErrorAndTheDetails() {
        UUID root = root();
        client.transact(bridge(root, "br-a"));
        assertThatThrownBy(() -> client.transact(bridge(root, "br-a")))
                .isInstanceOfSatisfying(OvsdbException.class, e -> {
                    assertThat(e.operation()).isEqualTo("commit");
                    assertThat(e.error()).isEqualTo("constraint violation");
                    assertThat(e.details()).contains("br-a");
                });
        assertThatThrownBy(() ->
                        client.transact(Operation.select("Bridge", List.of()), Operation.delete("Nonsense", List.of())))
                .isInstanceOfSatisfying(OvsdbException.class, e -> {
                    assertThat(e.operation()).isEqualTo("delete from Nonsense");
                    assertThat(e.error()).isEqualTo("syntax error");
                    assertThat(e.details()).contains("Nonsense");
                });
        assertThatThrownBy(() -> client.transact(new Operation.Wait(
                        "Bridge",
                        List.of(),
                        List.of("name"),
                        false,
                        List.of(Row.of("name", Value.of("br-a"))),
                        Duration.ofMillis(20))))
                .isInstanceOfSatisfying(OvsdbException.class, e -> {
                    assertThat(e.operation()).isEqualTo("wait for Bridge");
                    assertThat(e.error()).isEqualTo("timed out");
                });
        try (OvsdbClient other = OvsdbClient.open(OvsdbSettings.unix(server.socket, "No_such_database"))) {
            assertThatThrownBy(() -> other.transact(Operation.select("Bridge", List.of())))
                    .isInstanceOf(OvsdbException.class)
                    .hasMessageContaining("No_such_database");
        }
        assertThatThrownBy(() -> client.monitor(Map.of("Nonsense", List.of()), new Recorder()))
                .isInstanceOf(OvsdbException.class)
                .hasMessageStartingWith("monitor Nonsense");
    }

    @Test
    void tellsChangesBeforeTheTransactionThatMadeThemReturns() {
        UUID root = root();
        Recorder recorder = new Recorder();
        try (OvsdbClient.Monitor monitor = client.monitor(BRIDGES, recorder)) {
            assertThat(recorder.tables).isEqualTo(Map.of("Bridge", Map.of()));
            for (int i = 0; i < 100; i++) {
                client.transact(bridge(root, "br" + i));
                assertThat(recorder.byName("Bridge")).hasSize(i + 1).containsKey("br" + i);
            }
            client.transact(Operation.update(
                    "Bridge",
                    List.of(Condition.equal("name", Value.of("br7"))),
                    Row.of("external_ids", Value.map(Map.of()))));
            assertThat(recorder.row("Bridge", "br7").texts("external_ids")).isEmpty();
            client.transact(Operation.delete("Open_vSwitch", List.of()));
            assertThat(recorder.byName("Bridge")).isEmpty();
            assertThat(recorder.calls).startsWith("snapshot").hasSize(103);
        }
        client.transact(bridge(root(), "unseen"));
        assertThat(recorder.calls).hasSize(103);
    }

    @Test
    void monitorsTenThousandRows() {
        UUID root = root();
        for (int batch = 0; batch < 10; batch++) {
            List<Operation> operations = new ArrayList<>();
            List<Value.Atom> names = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                names.add(Value.named("b" + i));
                operations.add(Operation.insert(
                        "Bridge",
                        Row.of("name", Value.of("br" + batch + "-" + i))
                                .with("external_ids", Value.map(Map.of("number", Integer.toString(i)))),
                        "b" + i));
            }
            operations.add(Operation.mutate(
                    "Open_vSwitch", List.of(Condition.row(root)), Mutation.insert("bridges", Value.set(names))));
            client.transact(operations);
        }
        Recorder recorder = new Recorder();
        client.monitor(BRIDGES, recorder);
        assertThat(recorder.tables.get("Bridge")).hasSize(10_000);
        assertThat(recorder.row("Bridge", "br9-999").texts("external_ids")).isEqualTo(Map.of("number", "999"));

        client.transact(Operation.delete("Open_vSwitch", List.of()));
        assertThat(recorder.tables.get("Bridge")).isEmpty();
    }

    @Test
    void reconnectsAfterKillAndGivesAFreshSnapshot() throws Exception {
        UUID root = root();
        client.transact(bridge(root, "br-a"));
        Recorder recorder = new Recorder();
        client.monitor(BRIDGES, recorder);
        server.kill();
        await().until(() -> recorder.calls.contains("disconnected"));
        assertThat(client.connected()).isFalse();
        server.restart();
        // Waits for the connection by itself.
        client.transact(bridge(root, "br-b"));
        assertThat(recorder.byName("Bridge")).containsOnlyKeys("br-a", "br-b");
        assertThat(recorder.calls).containsExactly("snapshot", "disconnected", "snapshot", "changed");
    }

    @Test
    void survivesManyKillsUnderLoad() throws Exception {
        UUID root = root();
        Recorder recorder = new Recorder();
        client.monitor(BRIDGES, recorder);
        ConcurrentLinkedQueue<String> committed = new ConcurrentLinkedQueue<>();
        List<Thread> writers = IntStream.range(0, 4)
                .mapToObj(w -> Thread.ofVirtual().start(() -> {
                    for (int i = 0; i < 50; i++) {
                        String name = "br" + w + "-" + i;
                        try {
                            client.transact(bridge(root, name));
                            committed.add(name);
                        } catch (OvsdbException e) {
                            assertThat(e.error()).isEqualTo(OvsdbException.DISCONNECTED);
                        }
                    }
                }))
                .toList();
        for (int i = 0; i < 5; i++) {
            Thread.sleep(20);
            server.kill();
            server.restart();
        }
        for (Thread writer : writers) {
            writer.join();
        }
        List<String> names = client.transact(Operation.select("Bridge", List.of(), "name")).getFirst().rows().stream()
                .map(row -> row.text("name").orElseThrow())
                .toList();
        assertThat(names).containsAll(committed);
        await().untilAsserted(() -> assertThat(recorder.byName("Bridge")).containsOnlyKeys(names));
    }

    @Test
    void failsARequestThatIsUnderWayWhenTheServerDies() throws Exception {
        AtomicReference<Optional<OvsdbException>> failure = new AtomicReference<>(Optional.empty());
        assertThat(client.awaitConnected(Duration.ofSeconds(5))).isTrue();
        server.signal("STOP");
        Thread caller = Thread.ofVirtual().start(() -> {
            try {
                root();
            } catch (OvsdbException e) {
                failure.set(Optional.of(e));
            }
        });
        server.kill();
        caller.join();
        assertThat(failure.get()).hasValueSatisfying(e -> assertThat(e.error()).isEqualTo(OvsdbException.DISCONNECTED));
    }

    @Test
    void timesOutWhereTheServerHangs() throws Exception {
        try (OvsdbClient hasty = OvsdbClient.open(server.settings().withRequestTimeout(Duration.ofMillis(300)))) {
            assertThat(hasty.awaitConnected(Duration.ofSeconds(5))).isTrue();
            server.signal("STOP");
            assertThatThrownBy(() -> hasty.transact(Operation.select("Bridge", List.of())))
                    .isInstanceOfSatisfying(
                            OvsdbException.class, e -> assertThat(e.error()).isEqualTo(OvsdbException.TIMEOUT));
            server.signal("CONT");
            assertThat(hasty.transact(Operation.select("Bridge", List.of()))).hasSize(1);
        }
    }

    @Test
    void givesUpAConnectionThatDoesNotAnswerProbes() throws Exception {
        try (OvsdbClient probing = OvsdbClient.open(server.settings().withProbeInterval(Duration.ofMillis(100)))) {
            Recorder recorder = new Recorder();
            probing.monitor(BRIDGES, recorder);
            Thread.sleep(500);
            assertThat(recorder.calls).containsExactly("snapshot");
            server.signal("STOP");
            await().until(() -> recorder.calls.contains("disconnected"));
            server.signal("CONT");
            await().until(() -> recorder.calls.getLast().equals("snapshot"));
        }
    }

    @Test
    void refusesAMessageLargerThanItsLimit() {
        UUID root = root();
        client.transact(Operation.update(
                "Open_vSwitch",
                List.of(Condition.row(root)),
                Row.of("external_ids", Value.map(Map.of("long", "x".repeat(5000))))));
        try (OvsdbClient small = OvsdbClient.open(server.settings().withMessageLimit(4096))) {
            assertThatThrownBy(() -> small.transact(Operation.select("Open_vSwitch", List.of())))
                    .isInstanceOfSatisfying(
                            OvsdbException.class, e -> assertThat(e.error()).isEqualTo(OvsdbException.DISCONNECTED));
            assertThat(small.transact(Operation.select("Open_vSwitch", List.of(), "next_cfg")))
                    .hasSize(1);
        }
    }

    @Test
    void aListenerMayNeitherCallNorBreakTheClient() {
        AtomicReference<String> refusal = new AtomicReference<>("");
        client.monitor(BRIDGES, new MonitorListener() {
            @Override
            public void snapshot(Map<String, Map<UUID, Row>> tables) {
                try {
                    root();
                } catch (IllegalStateException e) {
                    refusal.set(e.getMessage());
                }
                throw new IllegalArgumentException("a defect of the listener");
            }

            @Override
            public void changed(List<RowChange> changes) {}
        });
        assertThat(refusal.get()).contains("must not call");
        assertThat(client.transact(Operation.select("Bridge", List.of()))).hasSize(1);
    }

    @Test
    void saysWhyThereIsNoConnection(@TempDir Path empty) throws Exception {
        OvsdbSettings nowhere = OvsdbSettings.unix(empty.resolve("none.sock"), "Open_vSwitch")
                .withRequestTimeout(Duration.ofMillis(200));
        try (OvsdbClient lonely = OvsdbClient.open(nowhere)) {
            assertThatThrownBy(() -> lonely.transact(Operation.select("Bridge", List.of())))
                    .isInstanceOf(OvsdbException.class)
                    .hasMessageContaining("select from Bridge: disconnected: ");
        }
        client.close();
        assertThatThrownBy(() -> client.transact(Operation.select("Bridge", List.of())))
                .isInstanceOf(OvsdbException.class)
                .hasMessageContaining("the client is closed");
        assertThat(Files.exists(server.socket)).isTrue();
    }
}
