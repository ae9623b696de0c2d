package io.lamella.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lamella.compute.Root;
import io.lamella.model.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GuestKernelTest {
    @TempDir
    Path rootfs;

    private void write(String name, String text) throws IOException {
        Path file = rootfs.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    @Test
    void theNewestOfSeveralIsTakenWithItsModules() throws IOException {
        write("boot/vmlinuz-6.1.0-9-amd64", "old");
        write("boot/vmlinuz-6.1.0-10-amd64", "new");
        write("usr/lib/modules/6.1.0-10-amd64/modules.builtin", "");
        GuestKernel kernel = GuestKernel.newest(rootfs).orElseThrow();
        assertThat(kernel.release()).isEqualTo("6.1.0-10-amd64");
        assertThat(kernel.modules()).contains(rootfs.resolve("usr/lib/modules/6.1.0-10-amd64"));
    }

    @Test
    void aLinkOutOfTheImageIsNoKernel() throws IOException {
        Files.createDirectories(rootfs.resolve("boot"));
        Files.createSymbolicLink(rootfs.resolve("boot/vmlinuz"), Path.of("/etc/hostname"));
        assertThat(GuestKernel.newest(rootfs)).isEmpty();
        assertThatThrownBy(() -> GuestKernel.of(new Root.Tree(rootfs, rootfs), Optional.empty()))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("guestKernel");
    }

    @Test
    void aKernelWithoutADriverIsRefusedByName() throws IOException {
        write("boot/vmlinuz-1", "kernel");
        write("lib/modules/1/kernel/virtio_pci.ko", "\0depends=virtio\0");
        write("lib/modules/1/kernel/virtio.ko", "\0depends=\0");
        write("lib/modules/1/modules.builtin", "kernel/net/virtio_net.ko\n");
        GuestKernel kernel = GuestKernel.newest(rootfs).orElseThrow();
        assertThatThrownBy(() -> Modules.of(kernel, Bus.VIRTIO))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("virtio_blk");
        write("lib/modules/1/modules.builtin", "a/virtio_blk.ko\na/virtio_net.ko\na/virtio-console.ko\na/ext4.ko\n");
        assertThat(Modules.of(GuestKernel.newest(rootfs).orElseThrow(), Bus.VIRTIO)
                        .keySet())
                .containsExactly("virtio.ko", "virtio_pci.ko");
    }
}
