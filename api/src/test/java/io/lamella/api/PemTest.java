package io.lamella.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lamella.model.Refusal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PemTest {
    @TempDir
    Path directory;

    private void openssl(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(said).isZero();
    }

    private TlsSettings settings(String certificate, String key) {
        return new TlsSettings("127.0.0.1", 0, directory.resolve(certificate), directory.resolve(key));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rsa:2048", "ed25519"})
    void usualKeysAreRead(String kind) throws Exception {
        openssl("req", "-x509", "-newkey", kind, "-nodes", "-subj", "/CN=n", "-keyout", "key.pem", "-out", "cert.pem");
        assertThat(Pem.keyStore(settings("cert.pem", "key.pem")).isKeyEntry("server"))
                .isTrue();
    }

    @Test
    void whatCannotWorkIsRefusedByName() throws Exception {
        TestServer.certify(directory.resolve("cert.pem"), directory.resolve("key.pem"));
        TestServer.certify(directory.resolve("cert2.pem"), directory.resolve("key2.pem"));
        openssl("pkcs8", "-topk8", "-in", "key.pem", "-passout", "pass:x", "-out", "locked.pem");
        openssl("ec", "-in", "key.pem", "-out", "sec1.pem");
        openssl("genpkey", "-algorithm", "RSA", "-out", "rsa.pem");
        Files.writeString(
                directory.resolve("junk.pem"), "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
        Files.writeString(directory.resolve("empty.pem"), "");
        for (String key : List.of(
                "key2.pem", "rsa.pem", "locked.pem", "sec1.pem", "junk.pem", "empty.pem", "cert.pem", "none.pem")) {
            assertThatThrownBy(() -> Pem.keyStore(settings("cert.pem", key)))
                    .as(key)
                    .isInstanceOfSatisfying(
                            Refusal.class,
                            refusal -> assertThat(refusal.field()).isEqualTo("tls.key"))
                    .hasMessageContaining(key);
        }
        for (String certificate : List.of("key.pem", "empty.pem", "none.pem", "junk.pem")) {
            assertThatThrownBy(() -> Pem.keyStore(settings(certificate, "key.pem")))
                    .as(certificate)
                    .isInstanceOfSatisfying(
                            Refusal.class,
                            refusal -> assertThat(refusal.field()).isEqualTo("tls.certificate"))
                    .hasMessageContaining(certificate);
        }
    }
}
