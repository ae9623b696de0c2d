package io.lamella.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.lamella.model.Codec;
import io.lamella.model.InstanceView;
import io.lamella.model.SliceView;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every route by every kind of caller, over TLS. */
class AccessTest {
    @TempDir
    static Path directory;

    private static TestServer node;
    private static HttpClient client;
    private static String admin = "";
    private static String tenant = "";
    private static String stranger = "";

    @BeforeAll
    static void start() throws Exception {
        AtomicLong hours = new AtomicLong(); // so that no failure is remembered
        node = new TestServer(
                directory, () -> hours.addAndGet(Duration.ofHours(1).toNanos()));
        client = node.client();
        node.launch("a", "web");
        node.call("POST", "/v1/slices", "{\"name\":\"b\"}");
        admin = node.token("admin");
        tenant = node.sliceToken("tenant", "a");
        stranger = node.sliceToken("stranger", "b");
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    /** Asks for something harmless: without a body, about things that are not there. */
    private static int call(Route route, Optional<String> authorization) throws IOException, InterruptedException {
        String path =
                "/v1" + route.template().toString().replace("{slice}", "a").replaceAll("\\{\\w+}", "gone");
        HttpRequest.Builder request =
                node.request(path).method(route.method(), HttpRequest.BodyPublishers.ofString(""));
        authorization.ifPresent(header -> request.header("Authorization", header));
        HttpResponse<InputStream> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        answer.body().close(); // the events have no end
        return answer.statusCode();
    }

    private static void assertAllowed(boolean allowed, Route route, String token) throws Exception {
        int status = call(route, Optional.of("Bearer " + token));
        if (allowed) {
            assertThat(status).as(route.toString()).isNotIn(401, 403, 429, 500);
        } else {
            assertThat(status).as(route.toString()).isEqualTo(403);
        }
    }

    @Test
    void theNodesTokenMayCallEverything() throws Exception {
        for (Route route : node.routes) {
            assertAllowed(true, route, admin);
        }
    }

    @Test
    void aSlicesTokenMayCallWhatIsItsOwn() throws Exception {
        for (Route route : node.routes) {
            assertAllowed(route.access() != Access.ADMINISTRATOR, route, tenant);
        }
    }

    @Test
    void aTokenOfAnotherSliceMayNot() throws Exception {
        for (Route route : node.routes) {
            assertAllowed(route.access() == Access.EVERYONE, route, stranger);
        }
    }

    @Test
    void withoutAValidTokenNothingIsAnswered() throws Exception {
        for (Route route : node.routes) {
            assertThat(call(route, Optional.empty())).as(route.toString()).isEqualTo(401);
            assertThat(call(route, Optional.of("Bearer lml_" + "A".repeat(43))))
                    .as(route.toString())
                    .isEqualTo(401);
        }
        assertThat(call(node.routes.getFirst(), Optional.of("Bearer " + admin.substring(1))))
                .isEqualTo(401);
        assertThat(call(node.routes.getFirst(), Optional.of("Basic " + admin))).isEqualTo(401);
        assertThat(call(node.routes.getFirst(), Optional.of("Bearer"))).isEqualTo(401);
        assertThat(call(node.routes.getFirst(), Optional.of("bearer  " + admin)))
                .isEqualTo(200);
    }

    @Test
    void whatDoesNotExistIsNotToldToStrangers() throws Exception {
        HttpResponse<String> answer =
                client.send(node.request("/v1/nothing").build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.headers().firstValue("WWW-Authenticate")).isPresent();
        assertThat(node.get(client, "/v1/slices/none", stranger).statusCode()).isEqualTo(403);
    }

    @Test
    void listingsAreCutToTheCallersSlice() throws Exception {
        assertThat(Codec.readList(
                        SliceView.class,
                        node.get(client, "/v1/slices", stranger).body()))
                .extracting(SliceView::name)
                .containsExactly("b");
        assertThat(node.get(client, "/v1/instances", stranger).body()).isEqualTo("[]");
        assertThat(node.get(client, "/v1/networks", stranger).body()).isEqualTo("[]");
        assertThat(Codec.readList(
                        InstanceView.class,
                        node.get(client, "/v1/instances", tenant).body()))
                .extracting(InstanceView::name)
                .containsExactly("web");
        assertThat(Codec.readList(
                        SliceView.class, node.get(client, "/v1/slices", admin).body()))
                .hasSize(2);
        assertThat(node.get(client, "/v1/events?slice=a", stranger).statusCode())
                .isEqualTo(403);
    }

    @Test
    void aTokenGoesWithItsSlice() throws Exception {
        node.call("POST", "/v1/slices", "{\"name\":\"brief\"}");
        String token = node.sliceToken("brief", "brief");
        assertThat(node.get(client, "/v1/slices/brief", token).statusCode()).isEqualTo(200);
        node.compute.slices().delete("brief", false); // behind the API's back
        assertThat(node.get(client, "/v1/slices", token).statusCode()).isEqualTo(401);
        node.call("POST", "/v1/slices", "{\"name\":\"brief\"}");
        assertThat(node.get(client, "/v1/slices/brief", token).statusCode()).isEqualTo(401);
    }

    @Test
    @Timeout(60)
    void aTokensEventsEndWithItsSlice() throws Exception {
        node.call("POST", "/v1/slices", "{\"name\":\"passing\"}");
        HttpRequest request = node.request("/v1/events")
                .header("Authorization", "Bearer " + node.sliceToken("passing", "passing"))
                .build();
        try (InputStream events =
                client.send(request, HttpResponse.BodyHandlers.ofInputStream()).body()) {
            node.call("DELETE", "/v1/slices/passing", "");
            node.call("POST", "/v1/slices", "{\"name\":\"passing\"}"); // another tenant's
            assertThat(new String(events.readAllBytes(), StandardCharsets.UTF_8))
                    .contains("slice.deleted")
                    .doesNotContain("slice.created");
        }
        node.call("DELETE", "/v1/slices/passing", "");
    }

    @Test
    void noTokenIsLogged() throws Exception {
        ConcurrentLinkedQueue<String> lines = new ConcurrentLinkedQueue<>();
        Handler recorder = new Handler() {
            @Override
            public void publish(LogRecord line) {
                lines.add(line.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger logger = Logger.getLogger("io.lamella");
        logger.setLevel(Level.ALL);
        logger.setUseParentHandlers(false);
        logger.addHandler(recorder);
        try {
            node.get(client, "/v1/node", admin);
            node.get(client, "/v1/node", admin + "x");
            node.get(client, "/v1/nothing", admin);
            node.call("POST", "/v1/tokens", "{\"name\":\"logged\"}");
        } finally {
            logger.removeHandler(recorder);
            logger.setUseParentHandlers(true);
            logger.setLevel(Level.INFO);
        }
        assertThat(lines).isNotEmpty().noneMatch(line -> line.contains("lml_"));
    }

    @Test
    void whoGuessesIsSlowedDown(@TempDir Path scratch) throws Exception {
        AtomicLong now = new AtomicLong();
        try (TestServer guarded = new TestServer(scratch, now::get)) {
            HttpClient guesser = guarded.client();
            String right = guarded.token("right");
            for (int i = 0; i < FailedAttempts.BURST; i++) {
                assertThat(guarded.get(guesser, "/v1/node", "wrong").statusCode())
                        .isEqualTo(401);
            }
            HttpResponse<String> refused = guarded.get(guesser, "/v1/node", right);
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(refused.headers().firstValue("Retry-After")).isPresent();
            assertThat(guarded.call("GET", "/v1/node", "").status()).isEqualTo(200);
            now.addAndGet(Duration.ofSeconds(FailedAttempts.SECONDS_PER_FAILURE).toNanos());
            assertThat(guarded.get(guesser, "/v1/node", right).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aRequestWithoutTlsIsNotAnswered() throws Exception {
        try (var plain = new java.net.Socket("127.0.0.1", node.server.tlsPort().orElseThrow())) {
            plain.getOutputStream().write("GET /v1/node HTTP/1.1\r\nHost: n\r\n\r\n".getBytes());
            assertThat(new String(plain.getInputStream().readAllBytes())).doesNotContain("HTTP/1.1 200");
        }
    }
}
