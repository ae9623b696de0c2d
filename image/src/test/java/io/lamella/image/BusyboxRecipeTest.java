package io.lamella.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lamella.compute.ImageStore.Content;
import io.lamella.model.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BusyboxRecipeTest {
    private static final Path BUSYBOX = Path.of("/bin/busybox");

    @TempDir
    Path temp;

    @Test
    void theSystemIsComplete() throws IOException {
        assumeTrue(Files.exists(BUSYBOX), "busybox-static is not installed");
        StoreFixture fixture = new StoreFixture(temp);
        Content content = fixture.store.build("busybox", (step, done, total) -> {});
        Path root = fixture.rootfs(content.digest());
        assertThat(root.resolve("bin/busybox")).hasSameBinaryContentAs(BUSYBOX);
        assertThat(Files.readSymbolicLink(root.resolve("sbin/init"))).hasToString("/bin/busybox");
        assertThat(root.resolve("bin/sh")).isSymbolicLink();
        assertThat(StoreFixture.mode(root.resolve("tmp"))).isEqualTo(01777);
        assertThat(StoreFixture.mode(root.resolve("etc/shadow"))).isEqualTo(0600);
        assertThat(StoreFixture.mode(root.resolve("etc/init.d/rcS"))).isEqualTo(0755);
        for (String directory : new String[] {"proc", "sys", "dev", "run", "root"}) {
            assertThat(root.resolve(directory)).isEmptyDirectory();
        }
        assertThat(content.format()).isEqualTo("tar");
        assertThat(content.devicesLeftOut()).isZero();
        assertThat(fixture.store.build("busybox", (step, done, total) -> {}))
                .as("the same bytes again")
                .isEqualTo(content);
        assertThat(fixture.left()).hasSize(1);
    }

    @Test
    void aMissingOrDynamicProgramIsRefusedWithThePackage() throws IOException {
        assertThatThrownBy(() -> new BusyboxRecipe(temp.resolve("none")).tar(temp, (s, d, t) -> {}))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("is missing: install the Debian package busybox-static");
        assertThatThrownBy(() -> new BusyboxRecipe(Path.of("/bin/sh")).tar(temp, (s, d, t) -> {}))
                .hasMessageContaining("needs shared libraries")
                .hasMessageContaining("busybox-static");
        Path script = Files.writeString(temp.resolve("script"), "#!/bin/sh\n");
        assertThatThrownBy(() -> new BusyboxRecipe(script).tar(temp, (s, d, t) -> {}))
                .isInstanceOf(Refusal.class);
    }

    @Test
    void anUnknownRecipeIsRefusedWithTheKnownOnes() {
        StoreFixture fixture = new StoreFixture(temp);
        assertThat(fixture.store.recipes()).containsExactly("busybox", "debian13");
        assertThatThrownBy(() -> fixture.store.build("arch", (s, d, t) -> {}))
                .hasMessage("recipe \"arch\" is not allowed: it must be busybox or debian13");
    }
}
