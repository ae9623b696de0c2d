package io.lamella.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lamella.compute.ImageStore.Content;
import io.lamella.linux.Command;
import io.lamella.model.Refusal;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Debian13RecipeTest {
    @TempDir
    Path temp;

    @Test
    void itIsBuiltFromTheMachinesMirrorAndCached() throws IOException {
        assumeTrue(Command.find("mmdebstrap").isPresent(), "mmdebstrap is not installed");
        assumeTrue(mirrorAnswers(), "the machine's Debian mirror does not answer");
        StoreFixture fixture = new StoreFixture(temp);
        Set<String> steps = new TreeSet<>();
        Content content = fixture.store.build("debian13", (step, done, total) -> steps.add(step));
        assertThat(steps).anyMatch(step -> step.startsWith("building debian13: "));
        Path root = fixture.rootfs(content.digest());
        assertThat(root.resolve("etc/debian_version")).content().startsWith("13");
        assertThat(root.resolve("sbin")).isSymbolicLink();
        assertThat(root.resolve("usr/sbin/init")).exists();
        assertThat(root.resolve("usr/bin/ping")).exists();
        assertThat(root.resolve("usr/sbin/arping").toFile().exists()
                        || root.resolve("usr/bin/arping").toFile().exists())
                .isTrue();
        assertThat(root.resolve("etc/hostname")).doesNotExist();
        assertThat(root.resolve("etc/resolv.conf")).doesNotExist();
        assertThat(root.resolve("etc/rcS.d").toFile().list()).doesNotContain("S02udev");
        assertThat(root.resolve("usr/share/man/man1")).doesNotExist();
        assertThat(content.devicesLeftOut()).isPositive();
        assertThat(content.size()).isLessThan(200L << 20);

        fixture.store.delete(content.digest());
        steps.clear();
        assertThat(fixture.store.build("debian13", (step, done, total) -> steps.add(step)))
                .as("from the cache")
                .isEqualTo(content);
        assertThat(steps).contains("taking the build from the cache");
        assertThat(fixture.left()).hasSize(1);
    }

    @Test
    void aMirrorThatDoesNotAnswerIsNamedByMmdebstrap() throws IOException {
        assumeTrue(StoreFixture.isRoot(), "mmdebstrap is run as root");
        assumeTrue(Command.find("mmdebstrap").isPresent(), "mmdebstrap is not installed");
        Files.writeString(temp.resolve("sources.list"), "deb http://127.0.0.1:1/debian trixie main\n");
        Path workspace = Files.createDirectory(temp.resolve("work"));
        Debian13Recipe recipe = new Debian13Recipe(new BuildCache(temp.resolve("cache")), temp);
        assertThatThrownBy(() -> recipe.tar(workspace, (s, d, t) -> {}))
                .isInstanceOf(Refusal.class)
                .hasMessageStartingWith("debian13 cannot be built: mmdebstrap says: ")
                .hasMessageContaining("127.0.0.1");
        assertThat(temp.resolve("cache")).isEmptyDirectory();
    }

    private static boolean mirrorAnswers() {
        try {
            var connection = URI.create(AptMirror.find(Path.of("/etc/apt")) + "/dists/trixie/Release")
                    .toURL()
                    .openConnection();
            connection.setConnectTimeout(5000);
            connection.setReadTimeout(5000);
            try (var in = connection.getInputStream()) {
                return in.read() >= 0;
            }
        } catch (IOException | Refusal e) {
            return false;
        }
    }
}
