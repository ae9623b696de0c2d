package io.lamella.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.lamella.model.Codec;
import io.lamella.model.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is wrong with a request, the answer is one JSON error. */
class ErrorsTest {
    @TempDir
    static Path directory;

    private static TestServer node;

    @BeforeAll
    static void start() throws Exception {
        node = new TestServer(directory);
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static Problem.Detail problem(int status, UnixClient.Answer answer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.header("Content-Type")).isEqualTo("application/json");
        Problem.Detail error = Codec.read(Problem.class, answer.body()).error();
        assertThat(error.message()).isNotBlank().doesNotContain("Exception");
        return error;
    }

    private static Problem.Detail raw(int status, String request) throws IOException {
        try (UnixClient client = new UnixClient(node.socket)) {
            client.send(request.getBytes(StandardCharsets.ISO_8859_1));
            return problem(status, client.answer());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    404 | GET | / | not_found
                    404 | GET | /v1 | not_found
                    404 | GET | /v1/ | not_found
                    404 | GET | /v1/nothing | not_found
                    404 | GET | /v1/node/ | not_found
                    404 | GET | /v2/node | not_found
                    404 | GET | /v1/slices/a | not_found
                    404 | GET | /v1/operations/1234 | not_found
                    405 | PUT | /v1/node | method_not_allowed
                    405 | POST | /v1/slices/a/instances/b/log | method_not_allowed
                    400 | GET | /v1/slices/A | invalid
                    400 | GET | /v1/slices/a%20b | invalid
                    400 | GET | /v1/slices/%E4%F6 | invalid
                    400 | GET | /v1/slices/a%2Fb | invalid
                    400 | GET | /v1/slices/%zz | invalid
                    404 | GET | /v1/slices/../node | not_found
                    400 | GET | /v1/slices/.. | invalid
                    400 | GET | /v1/slices/a/networks/-x | invalid
                    400 | GET | /v1/images/a$b | invalid
                    400 | GET | /v1/operations/a_b | invalid
                    400 | GET | /v1/node?x | invalid
                    400 | GET | /v1/node?x=%zz | invalid
                    400 | GET | /v1/node?%zz=1 | invalid
                    400 | DELETE | /v1/slices/a?force=maybe | invalid
                    400 | DELETE | /v1/slices/a?force=true&force=true | invalid
                    400 | POST | /v1/slices/a/instances/b/stop?grace=-1 | invalid
                    400 | POST | /v1/slices/a/instances/b/stop?grace=99999999999 | invalid
                    400 | GET | /v1/events?slice=A | invalid
                    400 | GET | /v1/slices/a/instances/b/exec | invalid
                    400 | GET | /v1/slices/a/instances/b/exec?command=sh&env=1X=2 | invalid
                    400 | GET | /v1/slices/a/instances/b/exec?command=sh&env=X | invalid
                    400 | GET | /v1/slices/a/instances/b/exec?command=a%00b | invalid
                    426 | GET | /v1/slices/a/instances/b/exec?command=sh | upgrade_required
                    426 | GET | /v1/slices/a/instances/b/console | upgrade_required
                    415 | POST | /v1/slices | unsupported_type
                    415 | POST | /v1/images?name=x | unsupported_type
                    400 | POST | /v1/images?name=X | invalid
                    400 | POST | /v1/images | invalid
                    400 | POST | /v1/images?name=x&sha256=12 | invalid
                    """)
    void aWrongRequestIsRefused(int status, String method, String path, String reason) throws Exception {
        assertThat(problem(status, node.call(method, path, "")).reason()).isEqualTo(reason);
    }

    @Test
    void aWrongMethodNamesTheRightOnes() throws Exception {
        assertThat(node.call("DELETE", "/v1/slices", "").header("Allow")).isEqualTo("GET, POST");
        assertThat(node.call("POST", "/v1/images/busybox", "").header("Allow")).isEqualTo("GET, DELETE");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"name\":\"a\",\"colour\":\"red\"}",
                "{\"name\":\"a/b\"}",
                "{\"name\":\"a\"",
                "{",
                "[]",
                "null",
                "3",
                "\"a\"",
                "{\"name\":null}",
                "{\"name\":\"a\",\"cpus\":0}",
                "{\"name\":\"a\",\"cpus\":1e999999999}",
                "{\"name\":\"a\",\"cpus\":{}}",
                "{\"name\":\"a\",\"memory\":\"1\"}",
                "{\"name\":\"a\",\"maxInstances\":99999999999999}",
                "{\"name\":\"a\",\"maxInstances\":1.5}",
                "{\"name\":\"a\",\"maxInstances\":\"x\"}",
                "{\"name\":\"a\"} {\"name\":\"b\"}",
                "{\"name\":\"a\"} x",
            })
    void aWrongBodyIsRefused(String json) throws Exception {
        assertThat(problem(400, node.call("POST", "/v1/slices", json)).reason()).isEqualTo("invalid");
        assertThat(node.call("GET", "/v1/slices", "").body()).isEqualTo("[]");
    }

    @Test
    void deepNestingIsRefused() throws Exception {
        String deep = "{\"slices\":" + "[".repeat(500_000);
        problem(400, node.call("POST", "/v1/apply", deep));
        problem(400, node.call("POST", "/v1/apply", "[".repeat(500_000)));
    }

    @Test
    void anUnknownKeyIsNamed() throws Exception {
        assertThat(problem(400, node.call("POST", "/v1/slices", "{\"name\":\"a\",\"colour\":1}"))
                        .message())
                .contains("colour");
    }

    @Test
    void theOffendingFieldIsNamed() throws Exception {
        Problem.Detail error = problem(400, node.call("POST", "/v1/slices", "{\"name\":\"a\",\"memory\":\"1\"}"));
        assertThat(error.field()).isEqualTo("memory");
    }

    @Test
    void aBodyThatIsTooLargeIsRefused() throws Exception {
        String large = "{\"name\":\"" + "a".repeat(Call.MAX_BODY) + "\"}";
        assertThat(problem(413, node.call("POST", "/v1/slices", large)).reason())
                .isEqualTo("too_large");
        String chunk = "10000\r\n" + "a".repeat(0x10000) + "\r\n";
        assertThat(raw(
                                413,
                                "POST /v1/slices HTTP/1.1\r\nHost: n\r\nContent-Type: application/json\r\n"
                                        + "Transfer-Encoding: chunked\r\n\r\n" + chunk.repeat(17) + "0\r\n\r\n")
                        .reason())
                .isEqualTo("too_large");
    }

    @Test
    void aBodyThatIsNotUtf8IsRefused() throws Exception {
        raw(
                400,
                "POST /v1/slices HTTP/1.1\r\nHost: n\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n"
                        + "{\"name\":\"\u00e4\"}");
        raw(
                415,
                "POST /v1/slices HTTP/1.1\r\nHost: n\r\nContent-Type: application/json; charset=latin1\r\n"
                        + "Content-Length: 2\r\n\r\n{}");
    }

    @Test
    void whatIsNoHttpIsRefused() throws Exception {
        assertThat(raw(400, "\u0016\u0003\u0001\u0002 hello\r\n\r\n").reason()).isEqualTo("invalid");
        raw(400, "GET /v1/node HTTP/1.1\r\n\r\n");
        raw(400, "GET /v1/node HTTP/1.1\r\nHost: n\r\nContent-Length: x\r\n\r\n");
        raw(
                400,
                "POST /v1/slices HTTP/1.1\r\nHost: n\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
                        + "Content-Length: 3\r\n\r\n{}");
        raw(
                400,
                "POST /v1/slices HTTP/1.1\r\nHost: n\r\nContent-Type: application/json\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\nzz\r\n");
    }

    @Test
    void otherFormsOfTargetsAreUnderstoodOrRefused() throws Exception {
        raw(404, "OPTIONS * HTTP/1.1\r\nHost: n\r\n\r\n");
        raw(404, "CONNECT other:443 HTTP/1.1\r\nHost: other:443\r\n\r\n");
        raw(404, "GET /v1/node;x=1 HTTP/1.1\r\nHost: n\r\n\r\n");
        raw(405, "TRACE /v1/node HTTP/1.1\r\nHost: n\r\n\r\n");
        raw(405, "OPTIONS /v1/node HTTP/1.1\r\nHost: n\r\n\r\n");
        try (UnixClient client = new UnixClient(node.socket)) {
            client.send("GET http://n/v1/%6eode HTTP/1.1\r\nHost: n\r\n\r\n");
            assertThat(client.answer().status()).isEqualTo(200);
        }
    }

    @Test
    void hugeHeadersAreRefused() throws Exception {
        assertThat(raw(431, "GET /v1/node HTTP/1.1\r\nHost: n\r\nX: " + "a".repeat(40_000) + "\r\n\r\n")
                        .reason())
                .isEqualTo("too_large");
        assertThat(raw(414, "GET /v1/" + "a".repeat(40_000) + " HTTP/1.1\r\nHost: n\r\n\r\n")
                        .reason())
                .isEqualTo("too_large");
    }

    @Test
    void pagesOfOtherHostsAreRefused() throws Exception {
        raw(403, "GET /v1/node HTTP/1.1\r\nHost: n\r\nOrigin: https://evil.example\r\n\r\n");
        raw(403, "GET /v1/node HTTP/1.1\r\nHost: n\r\nOrigin: null\r\n\r\n");
    }

    @Test
    void aConnectionOutlivesARefusal() throws Exception {
        try (UnixClient client = new UnixClient(node.socket)) {
            problem(404, client.call("GET", "/v1/nothing", ""));
            problem(415, client.call("POST", "/v1/slices", ""));
            problem(400, client.call("POST", "/v1/slices", "{"));
            assertThat(client.call("GET", "/v1/node", "").status()).isEqualTo(200);
        }
    }
}
