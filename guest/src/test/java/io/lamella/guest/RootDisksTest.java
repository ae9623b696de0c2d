package io.lamella.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lamella.compute.Root;
import io.lamella.linux.Command;
import io.lamella.model.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What cannot become a machine is refused in one sentence, and nothing of it is left. */
class RootDisksTest {
    @TempDir
    Path directory;

    private static void run(String... command) {
        Command.Result result = Command.run(Duration.ofSeconds(20), List.of(command));
        assertThat(result.ok()).as(result.error()).isTrue();
    }

    @Test
    void aDiskThatIsFullWhileTheRootDiskIsMade() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
        assumeTrue(RootDisks.missing().isEmpty(), "mkfs.ext4 is not installed");
        Path tree = Files.createDirectories(directory.resolve("tree"));
        byte[] noise = new byte[8 << 20];
        new java.util.Random(1).nextBytes(noise);
        Files.write(tree.resolve("file"), noise);
        Path small = Files.createDirectory(directory.resolve("small"));
        run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", small.toString());
        try {
            Root.Tree image = new Root.Tree(tree, small.resolve("derived"));
            assertThatThrownBy(() -> new RootDisks().base(image))
                    .isInstanceOf(Refusal.class)
                    .satisfies(e -> assertThat(((Refusal) e).reason()).isEqualTo(Refusal.Reason.EXHAUSTED))
                    .hasMessageStartingWith("the root disk cannot be made: ");
            assertThat(small.resolve("derived")).isEmptyDirectory();
        } finally {
            run("umount", small.toString());
        }
    }

    @Test
    void aKernelWithoutADriverThatMachinesNeed() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/bin/busybox")), "busybox is not installed");
        Path kernel = Files.writeString(
                Files.createDirectory(directory.resolve("boot")).resolve("vmlinuz-6.0-bare"), "k");
        Path modules = Files.createDirectories(directory.resolve("lib/modules/6.0-bare"));
        Files.writeString(modules.resolve("modules.builtin"), "kernel/drivers/virtio/virtio.ko\n");
        Path cache = directory.resolve("cache");
        assertThatThrownBy(() -> new Initramfs(cache).of(new GuestKernel(kernel, Optional.of(modules)), Bus.VIRTIO))
                .isInstanceOf(Refusal.class)
                .hasMessageMatching("the kernel 6.0-bare has no driver virtio_\\w+, which a virtual machine needs");
        if (Files.exists(cache)) {
            assertThat(cache).isEmptyDirectory();
        }
    }
}
