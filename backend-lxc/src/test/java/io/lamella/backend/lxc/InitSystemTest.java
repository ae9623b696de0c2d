package io.lamella.backend.lxc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lamella.model.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InitSystemTest {
    @TempDir
    Path rootfs;

    private void file(String path, String text) throws IOException {
        Path file = rootfs.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private void link(String path, String target) throws IOException {
        Path link = rootfs.resolve(path);
        Files.createDirectories(link.getParent());
        Files.createSymbolicLink(link, Path.of(target));
    }

    private InitSystem found() {
        return InitSystem.in(rootfs).system();
    }

    @Test
    void systemdOfDebian() throws IOException {
        file("usr/lib/systemd/systemd", "");
        link("lib", "usr/lib");
        link("sbin", "usr/sbin");
        link("usr/sbin/init", "../lib/systemd/systemd");
        assertThat(InitSystem.in(rootfs)).isEqualTo(new InitSystem.Found("/sbin/init", InitSystem.SYSTEMD));
    }

    @Test
    void busyboxOfYoctoByAbsoluteLinks() throws IOException {
        file("bin/busybox.nosuid", "");
        link("bin/busybox", "busybox.nosuid");
        link("sbin/init", "/bin/busybox");
        assertThat(found()).isEqualTo(InitSystem.BARE_BUSYBOX);
        file("etc/inittab", "#::shutdown:/bin/true\n::sysinit:/etc/init.d/rcS\n");
        assertThat(found()).isEqualTo(InitSystem.BARE_BUSYBOX);
        file("etc/inittab", "::sysinit:/etc/init.d/rcS\n::shutdown:/bin/umount -a -r\n");
        assertThat(found()).isEqualTo(InitSystem.BUSYBOX);
    }

    @Test
    void busyboxByHardLink() throws IOException {
        file("bin/busybox", "");
        Files.createDirectories(rootfs.resolve("sbin"));
        Files.createLink(rootfs.resolve("sbin/init"), rootfs.resolve("bin/busybox"));
        assertThat(found()).isEqualTo(InitSystem.BARE_BUSYBOX);
    }

    @Test
    void sysvinitOfYocto() throws IOException {
        file("sbin/init.sysvinit", "");
        link("sbin/init", "/sbin/init.sysvinit");
        link("sbin/telinit", "init");
        file("etc/inittab", "id:5:initdefault:\n");
        assertThat(found()).isEqualTo(InitSystem.SYSVINIT);
    }

    @Test
    void aProgramOfOnesOwn() throws IOException {
        file("sbin/init", "#!/bin/sh\n");
        assertThat(found()).isEqualTo(InitSystem.OTHER);
    }

    @Test
    void linksNeverLeadOut() throws IOException {
        link("sbin/init", "../../../../../../../../../bin/sh");
        assertThatThrownBy(this::found).isInstanceOf(Refusal.class).hasMessageContaining("/sbin/init");
        file("bin/sh", "");
        assertThat(found()).isEqualTo(InitSystem.OTHER);
    }

    @Test
    void linksInACircleLeadNowhere() throws IOException {
        link("sbin/init", "/bin/init");
        link("bin/init", "../sbin/init");
        assertThatThrownBy(this::found).isInstanceOf(Refusal.class);
    }
}
