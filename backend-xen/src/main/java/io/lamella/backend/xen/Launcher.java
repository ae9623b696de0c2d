package io.lamella.backend.xen;

import io.lamella.compute.InstancePlan;
import io.lamella.guest.Bus;
import io.lamella.guest.GuestKernel;
import io.lamella.guest.Initramfs;
import io.lamella.linux.Cgroups;
import io.lamella.linux.Inodes;
import io.lamella.model.ByteSize;
import io.lamella.model.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** Makes a domain, paused, with what serves it: all of its processes are in its control group and nobody's children. */
final class Launcher {
    private static final Duration CREATE = Duration.ofMinutes(3);
    private static final int OWNER_ALONE = 0700;
    private static final int PROGRAM = 0755;
    private static final long MOST_THREADS = 512;
    private static final long MEBIBYTE = 1L << 20;
    /** What a guest has where no limit was asked for. */
    private static final long DEFAULT_MEBIBYTES = 256;

    private static final long SMALLEST_MEBIBYTES = 64;

    private final XenSettings settings;
    private final Cgroups cgroups;
    private final Host host;
    private final Initramfs initramfs;

    Launcher(XenSettings settings, Cgroups cgroups, Host host) {
        this.settings = settings;
        this.cgroups = cgroups;
        this.host = host;
        this.initramfs = new Initramfs(settings.cache());
    }

    /** What the guest has, in mebibytes. */
    static long mebibytes(InstancePlan plan) {
        long wanted = plan.instance()
                .spec()
                .memory()
                .map(ByteSize::bytes)
                .map(bytes -> bytes / MEBIBYTE)
                .orElse(DEFAULT_MEBIBYTES);
        if (wanted < SMALLEST_MEBIBYTES) {
            throw Refusal.conflict(
                    "memory",
                    "a Xen instance needs at least " + SMALLEST_MEBIBYTES + "M of memory, not " + wanted + "M");
        }
        return wanted;
    }

    /** Refuses a kernel that has no driver for Xen's devices. The unit's disk exists. */
    void create(Unit unit, InstancePlan plan, GuestKernel kernel) throws IOException {
        DomainFile file = new DomainFile(
                unit, plan, host.pvh(), kernel.file(), initramfs.of(kernel, Bus.XEN), script(), mebibytes(plan));
        Files.writeString(unit.config(), file.text());
        Files.deleteIfExists(unit.olderConsoleLog());
        Files.deleteIfExists(unit.consoleLog());
        Files.createFile(unit.consoleLog());
        Files.createDirectories(unit.runtime());
        Inodes.chmod(unit.runtime(), OWNER_ALONE);
        cgroups.create(unit.group());
        limit(unit, plan);
        List<String> create = shell(unit, "exec xl create -q -p \"$1\"");
        create.add(unit.config().toString());
        Xl.run(CREATE, create);
    }

    /** Keeps what the domain prints, from the beginning where it has not run yet. */
    void logConsole(Unit unit, Path terminal) {
        List<String> log = shell(unit, "setsid cat \"$1\" < /dev/null >> \"$2\" 2> /dev/null &");
        log.addAll(List.of(terminal.toString(), unit.consoleLog().toString()));
        Xl.run(CREATE, log);
    }

    /** For what serves the domain; the domain's own limits are the hypervisor's. */
    void limit(Unit unit, InstancePlan plan) {
        cgroups.limit(
                unit.group(),
                new Cgroups.Limits(
                        plan.slice().cpus().toString(),
                        plan.instance().spec().cpuWeight().orElse(100),
                        OptionalLong.empty(),
                        OptionalLong.of(MOST_THREADS)));
    }

    /** A shell that joins the unit's control group first. */
    private List<String> shell(Unit unit, String words) {
        StringBuilder script = new StringBuilder("set -e; umask 077; ");
        for (Path file : cgroups.joinFiles(unit.group())) {
            script.append("echo $$ > '").append(file).append("'; ");
        }
        return new ArrayList<>(List.of("sh", "-c", script + words, "lamella"));
    }

    private Path script() throws IOException {
        Files.createDirectories(settings.cache());
        Path file = settings.cache().resolve("vif");
        try (InputStream in = Launcher.class.getResourceAsStream("vif.sh")) {
            if (in == null) {
                throw new IllegalStateException("vif.sh");
            }
            byte[] wanted = in.readAllBytes();
            if (!Files.exists(file) || !java.util.Arrays.equals(Files.readAllBytes(file), wanted)) {
                Path part = Files.createTempFile(settings.cache(), ".vif-", "");
                Files.write(part, wanted);
                Inodes.chmod(part, PROGRAM);
                Files.move(part, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
            }
        }
        return file;
    }
}
