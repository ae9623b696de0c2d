package io.lamella.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole command lines against a peer that plays the daemon. */
class MainTest {
    private static final String INSTANCE = """
            {"id":"00000000-0000-0000-0000-000000000001","slice":"a","name":"web",\
            "spec":{"name":"web","image":"busybox","backend":"lxc","memory":"64M","nics":[{"network":"lan"}],\
            "autostart":{"enabled":true,"priority":5,"delaySeconds":0}},\
            "status":{"state":"running","backend":"lxc","cpus":"1","pid":42},\
            "ports":[{"id":"00000000-0000-0000-0000-000000000002","slice":"a","network":"lan","instance":"web",\
            "index":0,"mac":"02:00:00:00:00:01","address":"10.0.0.2","prefix":24,"segment":1,"switchPort":1}],\
            "kernel":{"cpus":"1","memoryLimit":"64M","memoryUsed":"1M","cpuNanos":2000000,"processes":3,\
            "addresses":["10.0.0.2/24"]},"createdAt":"2025-01-01T00:00:00Z"}""";

    @TempDir
    Path directory;

    private ScriptedPeer peer;

    @BeforeEach
    void start() throws IOException {
        peer = new ScriptedPeer(directory);
    }

    @AfterEach
    void stop() throws IOException {
        peer.close();
    }

    @Test
    void listPrintsATable() {
        peer.answer(200, "[" + INSTANCE + "]");
        Run run = Run.against(peer, "list");
        assertThat(run.out()).isEqualTo("""
                SLICE  NAME  STATE    BACKEND  IMAGE    CPUS  MEMORY  ADDRESS
                a      web   running  lxc      busybox  1     64M     10.0.0.2
                """);
        assertThat(run.code()).isZero();
        assertThat(peer.requests.getFirst()).startsWith("GET /v1/instances HTTP/1.1\nHost: localhost\n");
    }

    @Test
    void listHonoursTheSlice() {
        peer.answer(200, "[]").answer(200, "[]").answer(200, "[]");
        Map<String, String> variables = Run.variables(peer);
        variables.put("LAMELLA_SLICE", "b");
        Run.of(variables, "", "list");
        Run.of(variables, "", "list", "--slice", "c");
        Run.of(variables, "", "list", "--all-slices");
        assertThat(peer.requests.get(0)).startsWith("GET /v1/slices/b/instances ");
        assertThat(peer.requests.get(1)).startsWith("GET /v1/slices/c/instances ");
        assertThat(peer.requests.get(2)).startsWith("GET /v1/instances ");
    }

    @Test
    void everyFormatShowsTheSameData() {
        peer.answer(200, INSTANCE).answer(200, INSTANCE).answer(200, INSTANCE);
        assertThat(Run.against(peer, "show", "a/web").out())
                .contains(
                        "Name:            web\n", "Kernel reports\n", "  Memory used:   1024K\n", "10.0.0.2/24 on lan");
        assertThat(Run.against(peer, "show", "a/web", "--format", "json").out())
                .startsWith("{\n  \"id\": ")
                .contains("\"priority\": 5");
        assertThat(Run.against(peer, "show", "a/web", "-f", "yaml").out())
                .contains("\n  autostart:\n    enabled: true\n");
    }

    @Test
    void launchSendsWhatWasAskedFor() {
        peer.answer(201, INSTANCE);
        Run run = Run.against(
                peer,
                "launch",
                "busybox",
                "web",
                "-s",
                "a",
                "--cpus",
                "1-1",
                "--memory",
                "64M",
                "--network",
                "lan:10.0.0.2",
                "--pids",
                "64",
                "--no-start",
                "--autostart-priority",
                "5");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(peer.requests.getFirst())
                .startsWith("POST /v1/slices/a/instances?start=false HTTP/1.1\n")
                .contains("\"cpus\":\"1-1\"", "\"memory\":\"64M\"", "\"address\":\"10.0.0.2\"", "\"priority\":5");
    }

    @Test
    void anInstanceIsFoundInTheOnlySliceThatHasIt() {
        peer.answer(200, "[" + INSTANCE + "]").answer(200, INSTANCE);
        Run run = Run.against(peer, "restart", "web", "--grace", "3");
        assertThat(run.out()).isEqualTo("a/web restarted\n");
        assertThat(peer.requests.get(1)).startsWith("POST /v1/slices/a/instances/web/restart?grace=3 ");
    }

    @Test
    void aNameInTwoSlicesIsAskedBack() {
        peer.answer(200, "[" + INSTANCE + "," + INSTANCE.replace("\"slice\":\"a\"", "\"slice\":\"b\"") + "]");
        Run run = Run.against(peer, "show", "web");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err())
                .isEqualTo(
                        "lamella: there is more than one instance \"web\": name one of a/web, b/web, or a slice with --slice\n");
    }

    @Test
    void anUnknownInstanceIsSuggested() {
        peer.answer(200, "[" + INSTANCE + "]");
        Run run = Run.against(peer, "start", "wbe");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("there is no instance \"wbe\" in any slice, perhaps you mean \"web\"");
    }

    @Test
    void ofSeveralInstancesTheOthersAreStillDone() {
        peer.answer(404, "{\"error\":{\"reason\":\"not_found\",\"field\":\"instance\",\"message\":\"there is none\"}}")
                .answer(200, INSTANCE);
        Run run = Run.against(peer, "stop", "a/x", "a/web", "--force");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).isEqualTo("lamella: a/x: there is none\n");
        assertThat(run.out()).isEqualTo("a/web stopped\n");
        assertThat(peer.requests.get(1)).contains("/stop?grace=0 ");
    }

    @Test
    void setSendsAPatch() {
        peer.answer(200, INSTANCE).answer(200, INSTANCE);
        Run run = Run.against(peer, "set", "a/web", "memory=none", "cpuWeight=50", "autostart.priority=7");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(peer.requests.get(1))
                .startsWith("PATCH /v1/slices/a/instances/web ")
                .contains("\"memory\":\"none\"", "\"cpuWeight\":\"50\"", "\"priority\":7,\"delaySeconds\":0");
        assertThat(Run.against(peer, "set", "a/web", "memry=1").err()).contains("perhaps you mean \"memory\"");
        assertThat(Run.against(peer, "set", "a/web", "memory").code()).isEqualTo(2);
    }

    @Test
    void refusalsOfTheDaemonBecomeExitCodes() {
        String problem = "{\"error\":{\"reason\":\"x\",\"field\":\"f\",\"message\":\"so it is\\u001b[2J\"}}";
        for (int status : new int[] {400, 403, 404, 409, 500, 503, 507}) {
            peer.answer(status, problem);
            Run run = Run.against(peer, "slice", "list");
            assertThat(run.code()).isEqualTo(status == 400 ? 2 : 1);
            assertThat(run.err()).isEqualTo("lamella: so it is?[2J\n");
        }
        peer.answer(502, "<html>");
        assertThat(Run.against(peer, "slice", "list").err()).contains("answered HTTP 502 without saying why");
    }

    @Test
    void wrongValuesAreRefusedBeforeTheDaemonIsAsked() {
        for (String[] words : new String[][] {
            {"launch", "busybox", "a/b/c"},
            {"launch", "busybox", "a/web", "--memory", "much"},
            {"launch", "busybox", "a/web", "--cpus", "0"},
            {"launch", "busybox", "a/web", "--pids", "x"},
            {"launch", "busybox", "a/web", "--network", "lan:10.0.0"},
            {"network", "create", "a/lan"},
            {"network", "create", "a/lan", "--subnet", "10.0.0.1/24"},
            {"slice", "create", "A"},
            {"show", "a/web", "--slice", "b"},
            {"exec", "a/web", "-t", "-T", "--", "true"},
            {"apply"},
            {"apply", "-f", "/nonexistent"},
            {"image", "import", "/nonexistent", "x"},
            {"list", "--host", "http://x"},
            {"list", "--host", "x"},
            {"list", "--host", "h:1", "--socket", "s"},
        }) {
            Run run = Run.of(Map.of("LAMELLA_SOCKET", directory + "/none"), "", words);
            assertThat(run.code())
                    .as(String.join(" ", words) + ": " + run.err())
                    .isEqualTo(2);
            assertThat(run.err()).startsWith("lamella: ").hasLineCount(1);
        }
        assertThat(peer.requests).isEmpty();
    }

    @Test
    void noDaemonAndAStaleSocketAreToldApart() throws IOException {
        Run none = Run.of(Map.of("LAMELLA_SOCKET", directory + "/none"), "", "list");
        assertThat(none.code()).isEqualTo(1);
        assertThat(none.err()).contains("no daemon listens at " + directory + "/none: start it");
        Path stale = directory.resolve("stale.sock");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(stale));
        }
        assertThat(Run.of(Map.of(), "", "list", "--socket", stale.toString()).err())
                .contains("nobody answers at " + stale + ", which a daemon left behind");
        assertThat(Run.of(Map.of(), "", "list", "--socket", "/" + "x".repeat(300))
                        .err())
                .hasLineCount(1);
    }

    @Test
    void aPeerThatBreaksTheProtocolIsOneSentence() {
        for (String bytes : new String[] {
            "",
            "SSH-2.0-x\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n[",
            "HTTP/1.1 200 OK\r\n\r\nnot json",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "HTTP/1.1 200 OK\r\n\r\n{}"
        }) {
            peer.raw(bytes);
            Run run = Run.against(peer, "slice", "list");
            assertThat(run.code()).as(bytes).isEqualTo(1);
            assertThat(run.err()).startsWith("lamella: ").hasLineCount(1);
        }
    }

    @Test
    void anArchiveIsSentWhileItIsRead() throws IOException {
        String image = "{\"name\":\"x\",\"digest\":\"sha256:00\",\"format\":\"tar\",\"size\":1,\"files\":1,"
                + "\"devicesLeftOut\":0,\"createdAt\":\"2025-01-01T00:00:00Z\"}";
        Path file = Files.writeString(directory.resolve("x.tar"), "archive");
        peer.answer(201, image).answer(201, image);
        assertThat(Run.against(peer, "image", "import", file.toString(), "x", "--sha256", "ab")
                        .out())
                .contains("NAME");
        assertThat(peer.requests.get(0))
                .startsWith("POST /v1/images?name=x&sha256=ab ")
                .contains("Content-Length: 7")
                .endsWith("\n\narchive");
        Run piped = Run.of(Run.variables(peer), "from a pipe", "image", "import", "-", "x");
        assertThat(piped.code()).isZero();
        assertThat(peer.requests.get(1)).contains("Transfer-Encoding: chunked").endsWith("\n\nfrom a pipe");
    }

    @Test
    void anEarlyRefusalOfAnUploadIsReported() throws IOException {
        Path file = directory.resolve("big.tar");
        Files.write(file, new byte[8 << 20]);
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            Path socket = directory.resolve("early.sock");
            server.bind(UnixDomainSocketAddress.of(socket));
            Thread.ofPlatform().daemon().start(() -> {
                try (var channel = server.accept()) {
                    String body = "{\"error\":{\"reason\":\"conflict\",\"field\":\"name\",\"message\":\"taken\"}}";
                    ScriptedPeer.write(
                            channel,
                            ("HTTP/1.1 409 Conflict\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                                    .getBytes(StandardCharsets.UTF_8));
                } catch (IOException e) {
                    // the test will see it
                }
            });
            Run run = Run.of(Map.of(), "", "image", "import", file.toString(), "x", "--socket", socket.toString());
            assertThat(run.err()).isEqualTo("sending big.tar\nlamella: taken\n");
            assertThat(run.code()).isEqualTo(1);
        }
    }

    @Test
    void aBuildIsFollowedToItsEnd() {
        String operation = "{\"id\":\"7\",\"kind\":\"image.build\",\"target\":\"x\",\"state\":\"%s\",\"step\":\"%s\","
                + "\"done\":1,\"total\":2%s}";
        peer.answer(202, operation.formatted("running", "one", ""))
                .answer(200, operation.formatted("running", "two", ""))
                .answer(200, operation.formatted("failed", "two", ",\"error\":\"the mirror is gone\""));
        Run run = Run.against(peer, "image", "build", "busybox", "x");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).isEqualTo("one\ntwo\nlamella: the mirror is gone\n");
        assertThat(peer.requests.get(0)).endsWith("{\"name\":\"x\",\"recipe\":\"busybox\"}");
        assertThat(peer.requests.get(1)).startsWith("GET /v1/operations/7?wait=20&seenStep=one ");
    }

    @Test
    void applyShowsThePlanAsADiff() throws IOException {
        Path file = Files.writeString(directory.resolve("node.yaml"), "slices:\n  - name: a\n    cpus: 1\n");
        peer.answer(200, """
                {"changes":[{"action":"create","kind":"slice","slice":"a","name":"a",
                  "fields":[{"field":"cpus","before":"","after":"1"}]},
                 {"action":"update","kind":"instance","slice":"a","name":"web",
                  "fields":[{"field":"memory","before":"64M","after":"128M"}]},
                 {"action":"delete","kind":"network","slice":"a","name":"lan","fields":[]}]}""");
        Run run = Run.against(peer, "apply", "-f", file.toString(), "--dry-run");
        assertThat(run.out()).isEqualTo("""
                + slice a
                  + cpus: 1
                ~ instance a/web
                  ~ memory: 64M -> 128M
                - network a/lan
                planned: 1 to create, 1 to update, 1 to delete
                """);
        assertThat(run.code()).isZero();
        assertThat(peer.requests.getFirst()).startsWith("POST /v1/apply?dryRun=true&prune=false ");
    }

    @Test
    void exportPrintsYaml() {
        peer.answer(200, "{\"slices\":[{\"name\":\"a\",\"networks\":[]}]}");
        assertThat(Run.against(peer, "export").out()).isEqualTo("slices:\n  - name: a\n    networks: []\n");
    }

    @Test
    void eventsArePrintedAsTheyCome() {
        String event = "{\"number\":1,\"time\":\"2025-01-01T00:00:00Z\",\"type\":\"instance.started\",\"slice\":\"a\","
                + "\"name\":\"web\",\"message\":\"up\"}";
        peer.raw("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n:\n\ndata: " + event + "\n\n");
        Run run = Run.against(peer, "events", "--slice", "a");
        assertThat(run.out()).isEqualTo("2025-01-01T00:00:00Z  instance.started  a/web  up\n");
        assertThat(run.err()).contains("ended the stream");
        assertThat(peer.requests.getFirst()).startsWith("GET /v1/events?slice=a ");
    }

    @Test
    void aTokenIsPrintedAlone() {
        peer.answer(201, "{\"name\":\"ci\",\"token\":\"lml_x\"}");
        assertThat(Run.against(peer, "token", "create", "ci").out()).isEqualTo("lml_x\n");
        assertThat(peer.requests.getFirst()).endsWith("{\"name\":\"ci\"}");
    }

    @Test
    void namesInPathsAreEncoded() {
        peer.answer(200, "{}");
        Run.against(peer, "image", "show", "../x y?é", "--format", "json");
        assertThat(peer.requests.getFirst()).startsWith("GET /v1/images/..%2Fx%20y%3F%C3%A9 HTTP/1.1\n");
    }

    @Test
    void helpIsThereForEveryCommandWithAnExample() {
        helps(Commands.tree());
    }

    private static void helps(Command command) {
        String[] path = command.path().split(" ", -1);
        String[] words = Arrays.copyOf(Arrays.copyOfRange(path, 1, path.length), path.length);
        words[path.length - 1] = "--help";
        Run run = Run.of(Map.of(), "", words);
        assertThat(run.code()).isZero();
        assertThat(run.out()).contains("Usage: " + command.path());
        if (!command.group()
                && command.path().split(" ", -1).length > 1
                && !command.example().isEmpty()) {
            assertThat(run.out()).contains("Example:\n  " + command.path());
        }
        command.visibleCommands().forEach(MainTest::helps);
        command.visibleCommands().stream()
                .filter(c -> !c.group())
                .forEach(c -> assertThat(c.example()).as(c.path()).startsWith(c.path()));
    }

    @Test
    void theRehearsalRuns() {
        Run run = Run.of(Map.of(), "", "rehearse");
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
    }

    @Test
    void theVersionIsTheBuilds() throws IOException {
        Path pom = Path.of("../pom.xml");
        assumeTrue(Files.exists(pom), "not run from a checkout");
        assertThat(Files.readString(pom)).contains("<version>" + Version.NUMBER + "</version>");
        assertThat(Run.of(Map.of(), "", "version").out()).isEqualTo("lamella " + Version.NUMBER + "\n");
    }
}
