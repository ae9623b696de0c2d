package io.lamella.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.lamella.compute.Compute;
import io.lamella.model.TokenRequest;
import io.lamella.store.SqliteStore;
import io.lamella.store.Store;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A server over real services and a real store, on a Unix socket and on TLS at the loopback address. */
final class TestServer implements AutoCloseable {
    static final String GROUP = "no-such-group-here";

    private static final Logger JETTY = Logger.getLogger("org.eclipse.jetty");

    static {
        JETTY.setLevel(Level.WARNING);
    }

    final Path socket;
    final Compute compute;
    final Tokens tokens;
    final List<Route> routes;
    final ApiServer server;
    private final Store store;
    private final Path certificate;

    TestServer(Path directory) throws IOException, InterruptedException {
        this(directory, System::nanoTime);
    }

    /** With a clock of its own for failed authentications. */
    TestServer(Path directory, LongSupplier nanoTime) throws IOException, InterruptedException {
        socket = directory.resolve("run/api.sock");
        certificate = directory.resolve("cert.pem");
        Path key = directory.resolve("key.pem");
        certify(certificate, key);
        store = SqliteStore.open(directory.resolve("state"));
        compute = PlainPorts.compute(store);
        tokens = new Tokens(store, Clock.systemUTC());
        routes = Routes.of(compute, tokens);
        server = new ApiServer(
                routes,
                tokens,
                new ApiSettings(socket, Optional.of(new TlsSettings("127.0.0.1", 0, certificate, key)), GROUP),
                Duration.ofSeconds(60),
                new FailedAttempts(nanoTime));
        server.start();
    }

    /** A self-signed certificate for 127.0.0.1, made by the openssl command. */
    static void certify(Path certificate, Path key) throws IOException, InterruptedException {
        Process openssl = new ProcessBuilder(
                        "openssl",
                        "req",
                        "-x509",
                        "-newkey",
                        "ec",
                        "-pkeyopt",
                        "ec_paramgen_curve:prime256v1",
                        "-nodes",
                        "-days",
                        "1",
                        "-subj",
                        "/CN=node",
                        "-addext",
                        "subjectAltName=IP:127.0.0.1",
                        "-keyout",
                        key.toString(),
                        "-out",
                        certificate.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(openssl.getInputStream().readAllBytes());
        assertThat(openssl.waitFor()).as(said).isZero();
    }

    HttpClient client() {
        try (var in = Files.newInputStream(certificate)) {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            trusted.setCertificateEntry(
                    "node", CertificateFactory.getInstance("X.509").generateCertificate(in));
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return HttpClient.newBuilder().sslContext(context).build();
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError(e);
        }
    }

    URI uri(String scheme, String path) {
        return URI.create(scheme + "://127.0.0.1:" + server.tlsPort().orElseThrow() + path);
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(uri("https", path)).version(HttpClient.Version.HTTP_1_1);
    }

    HttpResponse<String> get(HttpClient client, String path, String token) throws IOException, InterruptedException {
        return client.send(
                request(path).header("Authorization", "Bearer " + token).build(), HttpResponse.BodyHandlers.ofString());
    }

    String token(String name) {
        return tokens.create(new TokenRequest(name, Optional.empty())).token();
    }

    String sliceToken(String name, String slice) {
        return tokens.create(new TokenRequest(name, Optional.of(slice))).token();
    }

    UnixClient.Answer call(String method, String path, String json) throws IOException {
        return UnixClient.call(socket, method, path, json);
    }

    /** A slice with an image and a running instance. */
    void launch(String slice, String instance) throws IOException {
        assertThat(call("POST", "/v1/slices", "{\"name\":\"" + slice + "\"}").status())
                .isEqualTo(201);
        call("POST", "/v1/images/build", "{\"name\":\"busybox\",\"recipe\":\"busybox\"}");
        org.awaitility.Awaitility.await()
                .until(() -> call("GET", "/v1/images/busybox", "").status() == 200);
        UnixClient.Answer launched = call(
                "POST", "/v1/slices/" + slice + "/instances", "{\"name\":\"" + instance + "\",\"image\":\"busybox\"}");
        assertThat(launched.status()).as(launched.body()).isEqualTo(201);
    }

    @Override
    public void close() {
        server.close();
        store.close();
    }
}
