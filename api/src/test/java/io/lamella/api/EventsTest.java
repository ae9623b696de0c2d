package io.lamella.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.lamella.compute.Events;
import io.lamella.model.Codec;
import io.lamella.model.Event;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Events as a client on the Unix socket reads them. */
@Timeout(60)
class EventsTest {
    @TempDir
    Path directory;

    private TestServer node;

    @BeforeEach
    void start() throws Exception {
        node = new TestServer(directory);
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private static UnixClient listen(Path socket, String path) throws IOException {
        UnixClient client = new UnixClient(socket);
        client.send("GET " + path + " HTTP/1.1\r\nHost: n\r\n\r\n");
        assertThat(client.head()).isEqualTo(200);
        assertThat(client.chunk()).isEqualTo(":\n\n");
        return client;
    }

    private static Event event(UnixClient client) throws IOException {
        String chunk = client.chunk();
        assertThat(chunk).startsWith("data: ").endsWith("\n\n");
        return Codec.read(Event.class, chunk.substring(6));
    }

    @Test
    void whatHappensIsTold() throws Exception {
        try (UnixClient client = listen(node.socket, "/v1/events")) {
            node.call("POST", "/v1/slices", "{\"name\":\"a\"}");
            Event event = event(client);
            assertThat(event.type()).isEqualTo("slice.created");
            assertThat(event.slice()).isEqualTo("a");
        }
    }

    @Test
    void oneSlicesEventsAreToldAlone() throws Exception {
        try (UnixClient client = listen(node.socket, "/v1/events?slice=b")) {
            node.call("POST", "/v1/slices", "{\"name\":\"a\"}");
            node.call("POST", "/v1/slices", "{\"name\":\"b\"}");
            assertThat(event(client).name()).isEqualTo("b");
        }
    }

    @Test
    void theStreamEndsWithTheServer() throws Exception {
        try (UnixClient client = listen(node.socket, "/v1/events")) {
            node.server.close();
            assertThat(client.lastChunk()).as("the end is one, not a break").isTrue();
        }
    }

    @Test
    void aReaderThatCannotKeepUpIsToldSoByTheEnd() throws Exception {
        try (UnixClient client = listen(node.socket, "/v1/events")) {
            String sentence = "x".repeat(1000);
            for (int i = 0; i < 20_000; i++) {
                node.compute.events().publish("test", "", "name", sentence);
            }
            long last = 0;
            for (String chunk = client.chunk(); !chunk.isEmpty(); chunk = client.chunk()) {
                long number = Codec.read(Event.class, chunk.substring(6)).number();
                assertThat(number).isEqualTo(last + 1);
                last = number;
            }
            assertThat(last).isBetween(1L, 19_999L);
        }
    }

    @Test
    void aHeartbeatPassesTheTime(@TempDir Path scratch) throws Exception {
        Events events = new Events(Clock.systemUTC());
        Route route = new Route(
                "GET", "/events", Access.EVERYONE, new EventCalls(events, Duration.ofMillis(100))::stream, "slice");
        ApiSettings settings = new ApiSettings(scratch.resolve("api.sock"), Optional.empty(), TestServer.GROUP);
        try (ApiServer server = new ApiServer(
                List.of(route), node.tokens, settings, Duration.ofMillis(500), new FailedAttempts(System::nanoTime))) {
            server.start();
            try (UnixClient client = listen(settings.socket(), "/v1/events")) {
                for (int i = 0; i < 10; i++) {
                    assertThat(client.chunk()).isEqualTo(":\n\n");
                }
                events.publish("test", "", "late", "message");
                String chunk = client.chunk();
                while (chunk.equals(":\n\n")) {
                    chunk = client.chunk();
                }
                assertThat(chunk).contains("late");
            }
        }
    }
}
