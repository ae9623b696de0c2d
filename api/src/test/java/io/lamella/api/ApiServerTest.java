package io.lamella.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lamella.model.Refusal;
import io.lamella.store.SqliteStore;
import io.lamella.store.Store;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The server's life, its socket file, and who connects to it. */
@Timeout(60)
class ApiServerTest {
    /** A group that every Debian has, and nobody is in. */
    private static final String SOME_GROUP = "games";

    @TempDir
    Path directory;

    private Path socket;
    private Store store;

    @BeforeEach
    void open() {
        socket = directory.resolve("run/api.sock");
        store = SqliteStore.open(directory.resolve("state"));
    }

    @AfterEach
    void close() {
        store.close();
    }

    private ApiServer server(Route.Endpoint endpoint) {
        return server(endpoint, TestServer.GROUP, Duration.ofSeconds(60));
    }

    private ApiServer server(Route.Endpoint endpoint, String group, Duration idle) {
        return new ApiServer(
                List.of(
                        new Route("GET", "/test", Access.EVERYONE, endpoint),
                        new Route("POST", "/test", Access.EVERYONE, call -> {
                            call.archive().readAllBytes();
                            return new Reply.Done();
                        })),
                new Tokens(store, Clock.systemUTC()),
                new ApiSettings(socket, Optional.empty(), group),
                idle,
                new FailedAttempts(System::nanoTime));
    }

    private UnixClient.Answer get() throws IOException {
        return UnixClient.call(socket, "GET", "/v1/test", "");
    }

    @Test
    void theSocketIsRootsAloneWithoutTheGroup() throws Exception {
        try (ApiServer server = server(call -> new Reply.Done())) {
            server.start();
            assertThat(mode(socket)).isEqualTo("rw-------");
            assertThat(mode(directory.resolve("run"))).isEqualTo("rwxr-xr-x");
            assertThat(get().status()).isEqualTo(204);
            assertThat(server.tlsPort()).isEmpty();
        }
        assertThat(Files.exists(socket)).isFalse();
        try (var left = Files.list(directory.resolve("run"))) {
            assertThat(left).isEmpty();
        }
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void theSocketIsTheGroupsToo() throws Exception {
        assumeRoot();
        try (ApiServer server = server(call -> new Reply.Done(), SOME_GROUP, Duration.ofSeconds(60))) {
            server.start();
            assertThat(mode(socket)).isEqualTo("rw-rw----");
            GroupPrincipal group =
                    FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByGroupName(SOME_GROUP);
            assertThat(Files.readAttributes(socket, PosixFileAttributes.class).group())
                    .isEqualTo(group);
        }
    }

    private static void assumeRoot() {
        assumeTrue(System.getProperty("user.name", "").equals("root"), "needs root to act as other users");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/setpriv")), "needs setpriv");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/curl")), "needs curl");
    }

    private String curl(String... setpriv) throws Exception {
        List<String> command = new java.util.ArrayList<>(List.of("setpriv"));
        command.addAll(List.of(setpriv));
        command.addAll(
                List.of("curl", "-s", "-w", "%{http_code}", "--unix-socket", socket.toString(), "http://node/v1/test"));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes());
        process.waitFor();
        return said;
    }

    /** Lets everybody reach the socket, so that the peer check alone decides. */
    private void openDoors() throws IOException {
        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw-rw-"));
        for (Path p = socket.getParent(); p != null && p.startsWith(directory); p = p.getParent()) {
            Files.setPosixFilePermissions(p, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    @Test
    void thePeersCredentialsDecide() throws Exception {
        assumeRoot();
        try (ApiServer server = server(call -> new Reply.Done(), SOME_GROUP, Duration.ofSeconds(60))) {
            server.start();
            assertThat(curl("--reuid=65534", "--regid=65534", "--clear-groups"))
                    .as("the kernel keeps others out by the file's mode")
                    .endsWith("000");
            openDoors();
            assertThat(curl("--reuid=65534", "--regid=65534", "--clear-groups"))
                    .contains("\"forbidden\"", "may not use this socket", SOME_GROUP)
                    .endsWith("403");
            assertThat(curl("--reuid=65534", "--regid=" + SOME_GROUP, "--clear-groups"))
                    .isEqualTo("204");
            assertThat(curl("--reuid=4711", "--regid=4711", "--clear-groups")).endsWith("403");
            assertThat(curl("--reuid=0", "--regid=65534", "--clear-groups")).isEqualTo("204");
        }
    }

    @Test
    void aSecondDaemonIsRefused() throws Exception {
        try (ApiServer first = server(call -> new Reply.Done());
                ApiServer second = server(call -> new Reply.Done())) {
            first.start();
            assertThatThrownBy(second::start)
                    .isInstanceOf(Refusal.class)
                    .hasMessage("another daemon already listens on " + socket);
            second.close();
            assertThat(get().status()).isEqualTo(204);
        }
    }

    @Test
    void theSocketOfADeadDaemonIsReplaced() throws Exception {
        Files.createDirectories(socket.getParent());
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(socket));
        }
        assertThat(Files.exists(socket)).isTrue();
        try (ApiServer server = server(call -> new Reply.Done())) {
            server.start();
            assertThat(get().status()).isEqualTo(204);
        }
    }

    @Test
    void aFileThatIsNoSocketIsLeftAlone() throws Exception {
        Files.createDirectories(socket.getParent());
        Files.writeString(socket, "precious");
        try (ApiServer server = server(call -> new Reply.Done())) {
            assertThatThrownBy(server::start).isInstanceOf(Refusal.class).hasMessageContaining("is not a socket");
        }
        assertThat(Files.readString(socket)).isEqualTo("precious");
    }

    @Test
    void aSuccessorsSocketIsNotRemoved() throws Exception {
        try (ApiServer first = server(call -> new Reply.Done())) {
            first.start();
            Files.delete(socket);
            try (ApiServer second = server(call -> new Reply.Done())) {
                second.start();
                first.close();
                assertThat(get().status()).isEqualTo(204);
            }
        }
    }

    @Test
    void aPathThatIsTooLongIsRefused() {
        socket = directory.resolve("a".repeat(104));
        try (ApiServer server = server(call -> new Reply.Done())) {
            assertThatThrownBy(server::start).isInstanceOf(Refusal.class).hasMessageContaining("103 bytes");
        }
    }

    @Test
    void aDefectIsNamedByAnIdAlone() throws Exception {
        java.util.logging.Logger.getLogger(Problems.class.getName()).setLevel(java.util.logging.Level.OFF);
        try (ApiServer server = server(call -> {
            throw new IllegalStateException("secret detail");
        })) {
            server.start();
            UnixClient.Answer answer = get();
            assertThat(answer.status()).isEqualTo(500);
            assertThat(answer.body()).contains("\"internal\"").doesNotContain("secret");
        }
    }

    @Test
    void longWorkIsNotIdle() throws Exception {
        Route.Endpoint slow = call -> {
            Thread.sleep(1500);
            return new Reply.Done();
        };
        try (ApiServer server = server(slow, TestServer.GROUP, Duration.ofMillis(300))) {
            server.start();
            assertThat(get().status()).isEqualTo(204);
        }
    }

    @Test
    void aBodyThatStallsIsGivenUp() throws Exception {
        try (ApiServer server = server(call -> new Reply.Done(), TestServer.GROUP, Duration.ofMillis(300))) {
            server.start();
            try (UnixClient client = new UnixClient(socket)) {
                client.send("POST /v1/test HTTP/1.1\r\nHost: n\r\nContent-Type: application/x-tar\r\n"
                        + "Content-Length: 100\r\n\r\nhalf");
                UnixClient.Answer answer = client.answer();
                assertThat(answer.status()).as(answer.body()).isEqualTo(408);
                assertThat(answer.body()).contains("\"timeout\"");
            }
        }
    }

    @Test
    void aHeadThatStallsIsGivenUp() throws Exception {
        try (ApiServer server = server(call -> new Reply.Done(), TestServer.GROUP, Duration.ofMillis(300))) {
            server.start();
            try (UnixClient client = new UnixClient(socket)) {
                client.send("GET /v1/test HTT");
                assertThatThrownBy(client::answer).isInstanceOf(IOException.class);
            }
        }
    }

    @Test
    void requestsUnderWayEndBeforeTheServer() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        ApiServer server = server(call -> {
            entered.countDown();
            Thread.sleep(500);
            return new Reply.Done();
        });
        server.start();
        try (UnixClient client = new UnixClient(socket)) {
            client.send("GET /v1/test HTTP/1.1\r\nHost: n\r\n\r\n");
            assertThat(entered.await(30, TimeUnit.SECONDS)).isTrue();
            server.close();
            assertThat(client.answer().status()).isEqualTo(204);
        }
    }

    @Test
    void manyClientsWaitAtOnceOnFewThreads() throws Exception {
        CountDownLatch all = new CountDownLatch(100);
        try (ApiServer server = server(call -> {
            all.countDown();
            if (!all.await(30, TimeUnit.SECONDS)) {
                throw new TimeoutException();
            }
            return new Reply.Done();
        })) {
            server.start();
            List<UnixClient> clients = new java.util.ArrayList<>();
            for (int i = 0; i < 100; i++) {
                UnixClient client = new UnixClient(socket);
                clients.add(client);
                client.send("GET /v1/test HTTP/1.1\r\nHost: n\r\n\r\n");
            }
            for (UnixClient client : clients) {
                assertThat(client.answer().status()).isEqualTo(204);
                client.close();
            }
        }
    }

    @Test
    void aServerThatIsClosedTwiceOrNeverStartedIsClosed() {
        ApiServer server = server(call -> new Reply.Done());
        server.close();
        server.close();
        assertThat(Files.exists(socket)).isFalse();
    }
}
