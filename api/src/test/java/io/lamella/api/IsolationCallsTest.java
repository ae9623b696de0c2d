package io.lamella.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which CPUs may be isolated, on a node of four. */
class IsolationCallsTest {
    @TempDir
    Path directory;

    private TestServer server;

    @BeforeEach
    void start() throws Exception {
        server = new TestServer(directory);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void answers(int status, String text, String method, String path, String body) throws IOException {
        UnixClient.Answer answer = server.call(method, "/v1/isolation" + path, body);
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.body()).contains(text);
    }

    @Test
    void isAppliedVerifiedAndUndone() throws IOException {
        answers(404, "there is no isolation", "GET", "", "");
        answers(404, "there is no isolation", "POST", "/undo", "");
        answers(200, "\"cpus\":\"1-2\"", "POST", "/plan", "{\"cpus\":2}");
        answers(404, "there is no isolation", "GET", "", "");
        answers(200, "\"housekeeping\":\"0-1\"", "PUT", "", "{\"cpus\":\"2-3\",\"profile\":\"realtime\"}");
        answers(200, "\"profile\":\"realtime\"", "GET", "", "");
        answers(200, "\"cpus\":\"2-3\"", "PUT", "", "{\"cpus\":2,\"profile\":\"realtime\"}"); // those it has
        answers(200, "nohz_full=3", "POST", "/boot-parameters", "{\"cpus\":\"3-3\"}");
        answers(200, "\"cpus\":\"2-3\"", "POST", "/undo", "");
        answers(404, "there is no isolation", "GET", "", "");
    }

    @Test
    void aSlicesCpusAreItsOwn() throws IOException {
        assertThat(server.call("POST", "/v1/slices", "{\"name\":\"a\",\"cpus\":\"3-3\"}")
                        .status())
                .isEqualTo(201);
        assertThat(server.call("POST", "/v1/slices", "{\"name\":\"b\"}").status())
                .isEqualTo(201);
        answers(409, "CPU 3 belongs to \\\"a\\\"", "PUT", "", "{\"cpus\":\"2-3\"}");
        answers(409, "no CPUs of its own", "PUT", "", "{\"slice\":\"b\"}");
        answers(404, "\\\"c\\\"", "PUT", "", "{\"slice\":\"c\"}");
        answers(200, "\"slice\":\"a\"", "PUT", "", "{\"slice\":\"a\"}");
    }

    @Test
    void theGateComparesWithTheBaselineOfTheseCpus() throws IOException {
        answers(404, "there is no isolation", "POST", "/gate", "{}");
        answers(200, "", "PUT", "", "{\"cpus\":\"3-3\"}");
        answers(409, "CPUs 3 have no baseline with profile isolated", "POST", "/gate", "{}");
        answers(200, "\"worse\":[]", "POST", "/gate", "{\"record\":true,\"seconds\":20}");
        answers(200, "\"worse\":[]", "POST", "/gate", "{\"seconds\":40}");
        answers(200, "max is 41 µs and was 20 µs", "POST", "/gate", "{\"seconds\":41}");
        answers(200, "\"worse\":[]", "POST", "/gate", "{\"seconds\":41,\"factor\":3}");
        answers(400, "seconds", "POST", "/gate", "{\"seconds\":301}");
        answers(400, "factor", "POST", "/gate", "{\"factor\":0.9}");
    }

    @Test
    void whatCannotBeIsOneSentence() throws IOException {
        answers(400, "CPU 7 does not exist", "PUT", "", "{\"cpus\":\"7-7\"}");
        answers(507, "no CPU would be left for housekeeping", "PUT", "", "{\"cpus\":\"0-3\"}");
        answers(507, "more than are free", "PUT", "", "{\"cpus\":4}");
        answers(400, "either cpus or slice", "PUT", "", "{}");
        answers(400, "dedicated", "PUT", "", "{\"cpus\":1,\"profile\":\"dedicated\"}");
        answers(400, "threadsPerCore", "PUT", "", "{\"cpus\":1,\"threadsPerCore\":0}");
    }
}
