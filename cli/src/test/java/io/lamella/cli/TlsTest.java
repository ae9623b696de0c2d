package io.lamella.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A remote daemon: a real TLS server with a certificate of its own. */
class TlsTest {
    private static final String SECRET = "changeit";

    @TempDir
    static Path directory;

    private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
    private SSLServerSocket server;
    private static Path store;
    private static Path authority;
    private static Path token;

    @BeforeAll
    static void makeKeys() throws Exception {
        store = directory.resolve("keys.p12");
        authority = directory.resolve("ca.pem");
        keytool(
                "-genkeypair",
                "-keystore",
                store.toString(),
                "-alias",
                "k",
                "-keyalg",
                "EC",
                "-dname",
                "CN=node",
                "-ext",
                "SAN=dns:localhost",
                "-validity",
                "2");
        keytool("-exportcert", "-rfc", "-keystore", store.toString(), "-alias", "k", "-file", authority.toString());
        token = Files.writeString(directory.resolve("token"), "lml_secret\n");
    }

    @BeforeEach
    void start() throws Exception {
        KeyStore keys = KeyStore.getInstance(store.toFile(), SECRET.toCharArray());
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, SECRET.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        server = (SSLServerSocket) context.getServerSocketFactory().createServerSocket(0);
        Thread.ofPlatform().daemon().start(this::serve);
    }

    private static void keytool(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/keytool"));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-storepass", SECRET, "-noprompt"));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    private void serve() {
        while (!server.isClosed()) {
            try (SSLSocket socket = (SSLSocket) server.accept()) {
                InputStream in = socket.getInputStream();
                StringBuilder head = new StringBuilder();
                for (String line = HttpHead.line(in); !line.isEmpty(); line = HttpHead.line(in)) {
                    head.append(line).append('\n');
                }
                requests.add(head.toString());
                OutputStream out = socket.getOutputStream();
                out.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]".getBytes(StandardCharsets.UTF_8));
                out.flush();
            } catch (IOException e) {
                // a client that does not trust us, or the end of the test
            }
        }
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private Run list(String host, String... more) {
        List<String> words = new ArrayList<>(List.of("list", "--host", host + ":" + server.getLocalPort()));
        words.addAll(List.of(more));
        return Run.of(Map.of("LAMELLA_TOKEN_FILE", token.toString()), "", words.toArray(new String[0]));
    }

    @Test
    void theTokenIsSentToATrustedDaemon() {
        Run run = list("https://localhost", "--ca", authority.toString());
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        assertThat(requests.getFirst()).contains("Host: localhost\n", "Authorization: Bearer lml_secret\n");
    }

    @Test
    void anUntrustedOrOtherwiseNamedDaemonGetsNothing() {
        assertThat(list("localhost").err()).contains("is not trusted").hasLineCount(1);
        assertThat(list("127.0.0.1", "--ca", authority.toString()).err()).contains("is not trusted");
        assertThat(requests).isEmpty();
    }

    @Test
    void wrongFilesAreNamed() throws IOException {
        assertThat(list("localhost", "--ca", "/nonexistent").err()).contains("--ca /nonexistent cannot be read");
        assertThat(list("localhost", "--ca", token.toString()).err()).contains("holds no certificate");
        assertThat(list("localhost", "--token-file", "/nonexistent").err()).contains("there is no token file");
        Path evil = Files.writeString(directory.resolve("evil"), "x\r\nInjected: y");
        assertThat(list("localhost", "--ca", authority.toString(), "--token-file", evil.toString())
                        .err())
                .contains("control characters");
        assertThat(requests).isEmpty();
    }

    @Test
    void noDaemonThere() throws IOException {
        int port = server.getLocalPort();
        server.close();
        try (Socket held = new Socket()) { // or somebody else's server might get the port, and answer
            held.setReuseAddress(true);
            held.bind(new InetSocketAddress(port));
            Run run = list("localhost");
            assertThat(run.err())
                    .startsWith("lamella: no connection to https://localhost:")
                    .hasLineCount(1);
            assertThat(run.code()).isEqualTo(1);
        }
    }
}
