package io.lamella.backend.kvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lamella.linux.Command;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which {@code /dev/kvm} machines can use: told of devices of the test's own, which no machine ever opens. */
class HostTest {
    private static final int GROUP = 4107;

    @TempDir
    Path directory;

    /** A character device: 1:3 is the null device, 240:77 has no driver. */
    private Path device(String mode, int group, int major, int minor) {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
        Path device = directory.resolve("kvm-" + mode + "-" + major);
        for (List<String> command : List.of(
                List.of("mknod", "-m", mode, device.toString(), "c", "" + major, "" + minor),
                List.of("chgrp", "" + group, device.toString()))) {
            Command.Result result = Command.run(Duration.ofSeconds(5), command);
            assertThat(result.ok()).as(result.error()).isTrue();
        }
        return device;
    }

    private static void unusable(Path device, String why) {
        Host host = new Host(Acceleration.AUTO, device);
        assertThat(host.kvm()).isFalse();
        assertThat(host.kvmGroup()).isEmpty();
        assertThat(host.warning()).hasValueSatisfying(w -> assertThat(w).contains("TCG", why));
        assertThat(new Host(Acceleration.KVM, device).obstacle())
                .hasValueSatisfying(o -> assertThat(o).contains("demands acceleration kvm", why));
    }

    @Test
    void aDeviceThatIsNotThere() {
        unusable(directory.resolve("none"), "there is no " + directory.resolve("none"));
    }

    @Test
    void aDeviceThatRootAloneMayUse() {
        unusable(device("600", 0, 1, 3), "only root may use");
        unusable(device("640", GROUP, 1, 3), "only root may use");
        unusable(device("660", 0, 1, 3), "only root may use");
    }

    @Test
    void aDeviceWithoutADriver() {
        unusable(device("666", 0, 240, 77), "cannot be opened: ");
    }

    @Test
    void aDeviceForAGroupOrForAll() {
        Host grouped = new Host(Acceleration.AUTO, device("660", GROUP, 1, 3));
        assertThat(grouped.kvm()).isTrue();
        assertThat(grouped.kvmGroup()).hasValue(GROUP);
        assertThat(grouped.warning()).isEmpty();
        assertThat(new Host(Acceleration.AUTO, device("666", 0, 1, 3)).kvm()).isTrue();
        assertThat(new Host(Acceleration.TCG, device("606", 0, 1, 3)).warning())
                .hasValueSatisfying(w -> assertThat(w).contains("configuration says so"));
    }
}
