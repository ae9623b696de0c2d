package io.lamella.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The API over TLS, through the real command: who may see and do what, and where secrets must not appear. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RemoteTest {
    @TempDir
    static Path directory;

    private TestNode node;
    private Cli local;
    private String url = "";
    private Path authority = Path.of("/");
    private Path administrator = Path.of("/");
    private Path tenant = Path.of("/");

    @BeforeAll
    void start() throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"), "containers and switches need root");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/openssl")), "Debian's package openssl is not installed");
        authority = certificate("node");
        int port = freePort();
        url = "https://127.0.0.1:" + port;
        node = new TestNode(directory);
        Files.writeString(
                directory.resolve("lamella.yaml"),
                "tls:\n  host: 127.0.0.1\n  port: " + port + "\n  certificate: " + authority + "\n  key: "
                        + directory.resolve("node.key") + "\n");
        node.start();
        local = new Cli(node.socket());
        node.image("busybox");
        for (String slice : List.of("a", "b")) {
            local.ok("slice", "create", slice, "--memory", "128M");
            local.ok("launch", "busybox", "in-" + slice, "--slice", slice, "--memory", "16M");
        }
        administrator = token("all");
        tenant = token("only-a", "--slice", "a");
    }

    @AfterAll
    void end() throws Exception {
        if (node != null) {
            node.close();
        }
    }

    /** A self-signed certificate for 127.0.0.1, its key beside it. */
    private static Path certificate(String name) throws Exception {
        Path certificate = directory.resolve(name + ".crt");
        Kernel.run(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=node",
                "-addext",
                "subjectAltName=IP:127.0.0.1",
                "-keyout",
                directory.resolve(name + ".key").toString(),
                "-out",
                certificate.toString());
        return certificate;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private Path token(String name, String... options) throws Exception {
        List<String> words = new ArrayList<>(List.of("token", "create", name));
        words.addAll(List.of(options));
        String secret = local.ok(words.toArray(String[]::new)).strip();
        assertThat(secret).startsWith("lml_").hasSize(47);
        return Files.writeString(directory.resolve(name + ".token"), secret + "\n");
    }

    private Cli.Outcome remote(Path tokenFile, String... words) throws Exception {
        return remote(List.of("--ca", authority.toString(), "--token-file", tokenFile.toString()), words);
    }

    private Cli.Outcome remote(List<String> options, String... words) throws Exception {
        List<String> all = new ArrayList<>(List.of("--host", url));
        all.addAll(options);
        all.addAll(Arrays.asList(words));
        return local.run(all.toArray(String[]::new));
    }

    private String ok(Path tokenFile, String... words) throws Exception {
        Cli.Outcome outcome = remote(tokenFile, words);
        assertThat(outcome.exit())
                .as("%s: %s", String.join(" ", words), outcome.err())
                .isZero();
        return outcome.out();
    }

    @Test
    void anAdministratorMayDoAll() throws Exception {
        assertThat(ok(administrator, "list")).contains("in-a", "in-b");
        assertThat(ok(administrator, "launch", "busybox", "made", "--slice", "b", "--memory", "16M"))
                .contains("made");
        assertThat(ok(administrator, "exec", "made", "--", "hostname")).isEqualTo("made\n");
        assertThat(remote(administrator, "exec", "made", "--", "sh", "-c", "exit 7")
                        .exit())
                .isEqualTo(7);
        ok(administrator, "delete", "made", "--force");
        ok(administrator, "slice", "create", "c", "--memory", "64M");
        ok(administrator, "slice", "delete", "c");
        assertThat(ok(administrator, "token", "list")).contains("all", "only-a").doesNotContain("lml_");
    }

    @Test
    void aSlicesTokenSeesItsSliceAlone() throws Exception {
        assertThat(ok(tenant, "list")).contains("in-a").doesNotContain("in-b");
        assertThat(ok(tenant, "slice", "list")).contains("a").doesNotContain("b ");
        ok(tenant, "network", "create", "lan", "--slice", "a", "--subnet", "10.0.0.0/24");
        ok(tenant, "launch", "busybox", "mine", "--slice", "a", "--memory", "16M", "--network", "lan");
        assertThat(ok(tenant, "exec", "mine", "--", "ip", "address")).contains("10.0.0.2");
        ok(tenant, "delete", "mine", "--force");
        ok(tenant, "network", "delete", "lan", "--slice", "a");

        String[][] forbidden = {
            {"launch", "busybox", "spy", "--slice", "b"},
            {"exec", "b/in-b", "--", "id"},
            {"show", "b/in-b"},
            {"logs", "b/in-b"},
            {"stop", "b/in-b"},
            {"delete", "b/in-b", "--force"},
            {"set", "b/in-b", "memory=8M"},
            {"slice", "set", "a", "memory=1G"},
            {"slice", "create", "c"},
            {"slice", "delete", "a", "--force"},
            {"network", "create", "lan", "--slice", "b", "--subnet", "10.0.0.0/24"},
            {"image", "build", "busybox", "other"},
            {"image", "delete", "busybox"},
            {"token", "list"},
            {"token", "create", "more"},
            {"export"},
        };
        for (String[] words : forbidden) {
            remote(tenant, words).refused(1, List.of("only-a", "outside slice \"a\""));
        }
        assertThat(local.ok("list")).contains("in-a", "in-b").doesNotContain("spy");
    }

    @Test
    void whoProvesNothingGetsNothing() throws Exception {
        Path wrong = Files.writeString(directory.resolve("wrong.token"), "lml_" + "A".repeat(43));
        remote(wrong, "list").refused(1, List.of("token", "not valid"));
        remote(List.of("--ca", authority.toString()), "list").refused(1, List.of("token"));
        remote(List.of("--ca", authority.toString(), "--token-file", "/nonexistent"), "list")
                .refused(2, List.of("/nonexistent"));
        remote(List.of("--token-file", administrator.toString()), "list").refused(1, List.of("not trusted", "--ca"));
        remote(List.of("--ca", certificate("stranger").toString(), "--token-file", administrator.toString()), "list")
                .refused(1, List.of("not trusted"));
        Path gone = token("gone");
        ok(gone, "list");
        local.ok("token", "delete", "gone");
        remote(gone, "list").refused(1, List.of("token", "not valid"));
    }

    @Test
    void secretsStayWhereTheyBelong() throws Exception {
        String secret = Files.readString(administrator).strip();
        CompletableFuture<Cli.Outcome> session = CompletableFuture.supplyAsync(() -> {
            try {
                return remote(administrator, "exec", "in-b", "-e", "PASSWORD=hush-hush", "--", "sleep", "2");
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        while (!session.isDone()) {
            assertThat(commandLines()).noneMatch(line -> line.contains(secret));
            Thread.sleep(50);
        }
        assertThat(session.join().exit()).as(session.join().err()).isZero();
        remote(tenant, "exec", "b/in-b", "-e", "PASSWORD=hush-hush", "--", "id").refused(1, List.of("only-a"));
        assertThat(Files.readString(directory.resolve("daemon.log"))).doesNotContain("lml_", "hush-hush");
        for (Path file : List.of(node.state().resolve("state.db"), node.state().resolve("state.db-wal"))) {
            if (Files.exists(file)) {
                assertThat(Files.readString(file, StandardCharsets.ISO_8859_1)).doesNotContain(secret);
            }
        }
    }

    private static List<String> commandLines() throws IOException {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> all = Files.list(Path.of("/proc"))) {
            for (Path p :
                    all.filter(p -> p.getFileName().toString().matches("\\d+")).toList()) {
                try {
                    lines.add(Files.readString(p.resolve("cmdline"), StandardCharsets.ISO_8859_1));
                } catch (IOException e) {
                    // it ended
                }
            }
        }
        return lines;
    }
}
