package io.lamella.daemon;

import io.lamella.backend.kvm.KvmBackend;
import io.lamella.backend.kvm.KvmSettings;
import io.lamella.backend.lxc.LxcBackend;
import io.lamella.backend.lxc.LxcSettings;
import io.lamella.backend.xen.XenBackend;
import io.lamella.backend.xen.XenSettings;
import io.lamella.compute.Compute;
import io.lamella.compute.Node;
import io.lamella.image.DirectoryImageStore;
import io.lamella.isolation.CgroupPartition;
import io.lamella.isolation.KernelIsolation;
import io.lamella.linux.Cgroups;
import io.lamella.linux.Hardware;
import io.lamella.model.Refusal;
import io.lamella.network.Switch;
import io.lamella.network.SwitchDaemon;
import io.lamella.network.SwitchSettings;
import io.lamella.store.SqliteStore;
import io.lamella.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.List;

/** The node put together: every adapter behind its port, over the directories of {@link Settings}. */
final class Parts implements AutoCloseable {
    static final String VERSION = "0.1.0";

    final Store store;
    final SwitchDaemon switchDaemon;
    final Switch networkSwitch;
    final KvmBackend kvm;
    final XenBackend xen;
    final Compute compute;

    Parts(Settings settings, Config config) {
        directory(settings.state(), "rwx--x--x"); // containers' root users pass through to their own file systems
        directory(settings.run(), "rwxr-xr-x");
        directory(settings.cache(), "rwx------");
        store = SqliteStore.open(settings.state());
        try {
            Cgroups cgroups = Cgroups.detect();
            switchDaemon = new SwitchDaemon(new SwitchSettings(
                    settings.run(), settings.state(), Path.of("/run/openvswitch/db.sock"), settings.bridge()));
            networkSwitch = new Switch(switchDaemon, settings.bridge());
            LxcBackend lxc = new LxcBackend(new LxcSettings(settings.state().resolve("lxc"), settings.name()), cgroups);
            kvm = new KvmBackend(
                    new KvmSettings(
                            settings.state().resolve("kvm"),
                            settings.run().resolve("kvm"),
                            settings.cache().resolve("guest"),
                            settings.name(),
                            config.accelerated(),
                            config.kernel()),
                    cgroups);
            xen = new XenBackend(
                    new XenSettings(
                            settings.state().resolve("xen"),
                            settings.run().resolve("xen"),
                            settings.cache().resolve("guest"),
                            settings.name(),
                            config.kernel()),
                    cgroups);
            KernelIsolation isolation = new KernelIsolation(
                    cgroups, settings.name(), settings.state().resolve("isolation.journal"));
            compute = new Compute(
                    new Compute.Ports(
                            store,
                            List.of(lxc, kvm, xen),
                            new CgroupPartition(cgroups, settings.name(), isolation::withheld),
                            isolation,
                            networkSwitch,
                            new DirectoryImageStore(settings.state().resolve("images"), settings.cache()),
                            LxcSettings.IDS,
                            Clock.systemUTC()),
                    new Node.Facts(hostname(), VERSION, Hardware.kernelRelease(), Hardware.architecture()));
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    private static void directory(Path path, String mode) {
        try {
            Files.createDirectories(path);
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
        } catch (IOException e) {
            throw Refusal.unavailable(
                    "the directory " + path + " cannot be made: " + e.getMessage() + " (lamellad runs as root)");
        }
    }

    private static String hostname() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException e) {
            return "localhost";
        }
    }

    /** Lets go of everything; instances, switch and traffic stay as they are. */
    @Override
    public void close() {
        kvm.close();
        xen.close();
        networkSwitch.close();
        switchDaemon.close();
        store.close();
    }
}
