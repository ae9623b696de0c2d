package io.lamella.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.lamella.model.ApplyPlan;
import io.lamella.model.Codec;
import io.lamella.model.InstanceState;
import io.lamella.model.InstanceView;
import io.lamella.model.Network;
import io.lamella.model.NodeInfo;
import io.lamella.model.Operation;
import io.lamella.model.Port;
import io.lamella.model.SliceView;
import io.lamella.model.TokenSecret;
import io.lamella.model.TokenView;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every route once, over the Unix socket and real services. */
class FlowTest {
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

    private String ok(int status, String method, String path, String json) throws IOException {
        UnixClient.Answer answer = node.call(method, path, json);
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        return answer.body();
    }

    @Test
    void theLifeOfASliceAndAllThatIsInIt() throws Exception {
        String slice = ok(201, "POST", "/v1/slices", "{\"name\":\"a\",\"cpus\":2,\"memory\":\"1G\"}");
        assertThat(Codec.read(SliceView.class, slice).cpus().size()).isEqualTo(2);
        assertThat(node.call("POST", "/v1/slices", "{\"name\":\"b\"}").header("Location"))
                .isEqualTo("/v1/slices/b");
        assertThat(Codec.readList(SliceView.class, ok(200, "GET", "/v1/slices", "")))
                .hasSize(2);
        ok(200, "PUT", "/v1/slices/a", "{\"name\":\"a\",\"cpus\":1,\"memory\":\"2G\"}");
        assertThat(ok(400, "PUT", "/v1/slices/a", "{\"name\":\"b\"}")).contains("as in the path");

        ok(201, "POST", "/v1/slices/a/networks", "{\"name\":\"lan\",\"subnets\":[\"10.0.0.0/24\"]}");
        assertThat(Codec.readList(Network.class, ok(200, "GET", "/v1/networks", "")))
                .hasSize(1);
        assertThat(ok(200, "GET", "/v1/slices/b/networks", "")).isEqualTo("[]");
        ok(200, "GET", "/v1/slices/a/networks/lan", "");

        String operation = ok(202, "POST", "/v1/images/build", "{\"name\":\"busybox\",\"recipe\":\"busybox\"}");
        String id = Codec.read(Operation.class, operation).id();
        Operation done = Codec.read(Operation.class, operation);
        while (done.state() == Operation.State.RUNNING) {
            done = Codec.read(Operation.class, ok(200, "GET", "/v1/operations/" + id + "?wait=10", ""));
        }
        assertThat(done.state()).isEqualTo(Operation.State.SUCCEEDED);
        assertThat(ok(200, "GET", "/v1/operations", "")).contains(id);
        ok(200, "GET", "/v1/operations/" + id + "?wait=10&seenStep=another", "");
        ok(200, "GET", "/v1/images/sha256:" + "ab".repeat(32), "");
        ok(200, "GET", "/v1/images/abababab", "");

        String path = "/v1/slices/a/instances/web";
        ok(
                201,
                "POST",
                "/v1/slices/a/instances?start=false",
                "{\"name\":\"web\",\"image\":\"busybox\",\"nics\":[{\"network\":\"lan\"}]}");
        assertState(InstanceState.STOPPED, ok(200, "GET", path, ""));
        assertState(InstanceState.RUNNING, ok(200, "POST", path + "/start", ""));
        assertState(InstanceState.FROZEN, ok(200, "POST", path + "/freeze", ""));
        assertState(InstanceState.RUNNING, ok(200, "POST", path + "/thaw", ""));
        assertState(InstanceState.RUNNING, ok(200, "POST", path + "/restart?grace=0", ""));
        assertThat(ok(409, "POST", path + "/reset", "")).contains("backend lxc cannot reset");
        assertThat(ok(409, "PATCH", path, "{\"hugePages\":\"2M\"}")).contains("huge pages are for");
        assertThat(ok(400, "PATCH", path, "{\"hugePages\":\"3M\"}")).contains("such as 2M or 1G");
        assertThat(Codec.read(InstanceView.class, ok(200, "GET", path, "")).kernel())
                .isPresent();
        assertThat(ok(200, "PATCH", path, "{\"memory\":\"64M\"}")).contains("64M");
        UnixClient.Answer log = node.call("GET", path + "/log", "");
        assertThat(log.body()).isEqualTo("log of a.web\n");
        assertThat(log.header("Content-Type")).startsWith("text/plain");
        assertThat(Codec.readList(Port.class, ok(200, "GET", "/v1/slices/a/networks/lan/ports", "")))
                .hasSize(1);
        assertThat(Codec.readList(InstanceView.class, ok(200, "GET", "/v1/instances", "")))
                .hasSize(1);
        assertThat(ok(200, "GET", "/v1/slices/b/instances", "")).isEqualTo("[]");
        assertThat(ok(409, "DELETE", path, "")).contains("is running");
        assertThat(ok(409, "DELETE", "/v1/slices/a", "")).contains("not empty");
        assertState(InstanceState.STOPPED, ok(200, "POST", path + "/stop?grace=1", ""));

        String exported = ok(200, "GET", "/v1/export", "");
        assertThat(Codec.read(ApplyPlan.class, ok(200, "POST", "/v1/apply", exported))
                        .changes())
                .isEmpty();
        String wanted = "{\"slices\":[{\"name\":\"c\"}]}";
        assertThat(ok(200, "POST", "/v1/apply?dryRun=true", wanted)).contains("\"create\"");
        assertThat(ok(404, "GET", "/v1/slices/c", "")).contains("not_found");
        ok(200, "POST", "/v1/apply?prune=true", wanted);
        assertThat(Codec.readList(SliceView.class, ok(200, "GET", "/v1/slices", "")))
                .extracting(SliceView::name)
                .containsExactly("c");
        ok(204, "DELETE", "/v1/slices/c?force", "");
        ok(204, "DELETE", "/v1/images/busybox", "");
        assertThat(ok(200, "GET", "/v1/images", "")).isEqualTo("[]");
    }

    private static void assertState(InstanceState state, String view) {
        assertThat(Codec.read(InstanceView.class, view).status().state()).isEqualTo(state);
    }

    @Test
    void theNodeAndItsDescription() throws Exception {
        assertThat(Codec.read(NodeInfo.class, ok(200, "GET", "/v1/node", "")).hostname())
                .isEqualTo("edge");
        UnixClient.Answer description = node.call("GET", "/v1/openapi.yaml", "");
        assertThat(description.header("Content-Type")).isEqualTo("application/yaml");
        assertThat(description.body()).startsWith("openapi: 3.1");
    }

    @Test
    void tokensAreShownOnceAndGoWithTheirSlice() throws Exception {
        ok(201, "POST", "/v1/slices", "{\"name\":\"a\"}");
        TokenSecret ci = Codec.read(TokenSecret.class, ok(201, "POST", "/v1/tokens", "{\"name\":\"ci\"}"));
        ok(201, "POST", "/v1/tokens", "{\"name\":\"tenant\",\"slice\":\"a\"}");
        assertThat(ok(409, "POST", "/v1/tokens", "{\"name\":\"ci\"}")).contains("exists already");
        assertThat(ok(404, "POST", "/v1/tokens", "{\"name\":\"x\",\"slice\":\"none\"}"))
                .contains("none");
        String listed = ok(200, "GET", "/v1/tokens", "");
        assertThat(listed).doesNotContain(ci.token());
        assertThat(Codec.readList(TokenView.class, listed))
                .extracting(TokenView::name)
                .containsExactly("ci", "tenant");
        ok(204, "DELETE", "/v1/slices/a", "");
        assertThat(Codec.readList(TokenView.class, ok(200, "GET", "/v1/tokens", "")))
                .extracting(TokenView::name)
                .containsExactly("ci");
        ok(204, "DELETE", "/v1/tokens/ci", "");
        ok(404, "DELETE", "/v1/tokens/ci", "");
    }

    @Test
    void anArchiveIsReadWhileItArrives() throws Exception {
        byte[] archive = new byte[3 << 20];
        try (UnixClient client = new UnixClient(node.socket)) {
            client.send("POST /v1/images?name=big HTTP/1.1\r\nHost: n\r\nContent-Type: application/x-tar\r\n"
                    + "Content-Length: " + archive.length + "\r\n\r\n");
            client.send(archive);
            UnixClient.Answer answer = client.answer();
            assertThat(answer.status()).as(answer.body()).isEqualTo(201);
            assertThat(answer.body()).contains("\"size\":" + archive.length);
        }
    }

    @Test
    void whoSendsABadArchiveReadsWhy() throws Exception {
        byte[] archive = new byte[20 << 20];
        archive[0] = '!';
        try (UnixClient client = new UnixClient(node.socket)) {
            client.send("POST /v1/images?name=bad HTTP/1.1\r\nHost: n\r\nContent-Type: application/x-tar\r\n"
                    + "Content-Length: " + archive.length + "\r\n\r\n");
            client.send(archive);
            UnixClient.Answer answer = client.answer();
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.body()).contains("neither a tar nor");
            assertThat(client.call("GET", "/v1/images", "").body()).isEqualTo("[]");
        }
    }

    @Test
    void whoWaitsForLeaveIsRefusedBeforeSending() throws Exception {
        try (UnixClient client = new UnixClient(node.socket)) {
            client.send("POST /v1/images?name=Bad HTTP/1.1\r\nHost: n\r\nContent-Type: application/x-tar\r\n"
                    + "Expect: 100-continue\r\nContent-Length: 1000000\r\n\r\n");
            assertThat(client.answer().status()).isEqualTo(400);
        }
        try (UnixClient client = new UnixClient(node.socket)) {
            client.send("POST /v1/images?name=good HTTP/1.1\r\nHost: n\r\nContent-Type: application/x-tar\r\n"
                    + "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n");
            assertThat(client.answer().status()).isEqualTo(100);
            client.send("tar");
            assertThat(client.answer().status()).isEqualTo(201);
        }
    }
}
