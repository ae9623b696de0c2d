package io.lamella.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OciTarTest {
    @TempDir
    Path directory;

    @Test
    void tarUnpacksWhatIsWritten() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/tar")), "no tar on this machine");
        Path layout = Files.createDirectories(directory.resolve("layout/blobs/sha256"));
        Files.writeString(directory.resolve("layout/oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
        Files.write(layout.resolve("a".repeat(64)), new byte[70_000]);
        Files.write(layout.resolve("b".repeat(64)), new byte[512]);
        Files.write(layout.resolve("c".repeat(64)), new byte[0]);
        OciTar tar = OciTar.of(directory.resolve("layout"));
        Path archive = directory.resolve("x.tar");
        try (InputStream in = tar.open()) {
            assertThat(Files.copy(in, archive)).isEqualTo(tar.length());
        }
        Path out = Files.createDirectory(directory.resolve("out"));
        Process process = new ProcessBuilder("/bin/tar", "-xf", archive.toString(), "-C", out.toString())
                .inheritIO()
                .start();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        assertThat(out.resolve("oci-layout")).hasSameBinaryContentAs(directory.resolve("layout/oci-layout"));
        assertThat(out.resolve("blobs/sha256/" + "a".repeat(64))).hasSize(70_000);
        assertThat(out.resolve("blobs/sha256/" + "c".repeat(64))).isEmptyFile();
    }

    @Test
    void anotherDirectoryIsRefused() throws Exception {
        assertThatThrownBy(() -> OciTar.of(directory)).hasMessageContaining("oci-layout");
        Files.writeString(directory.resolve("oci-layout"), "{}");
        Files.createSymbolicLink(directory.resolve("loop"), directory.resolve("nowhere"));
        assertThatThrownBy(() -> OciTar.of(directory)).hasMessageContaining("does not belong");
    }
}
