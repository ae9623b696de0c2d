package io.lamella.backend.xen;

import io.lamella.linux.Command;
import io.lamella.model.CpuSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the machine offers to domains. */
final class Host {
    private static final Path TYPE = Path.of("/sys/hypervisor/type");
    private static final Path CAPABILITIES = Path.of("/proc/xen/capabilities");
    private static final Path XENSTORE = Path.of("/run/xenstored/socket");
    private static final List<String> PROGRAMS = List.of("xl", "xenstore-read", "xenstore-write", "ip", "mkfs.ext4");

    /** Asked once: the hypervisor does not change while the daemon runs. */
    private Optional<Map<String, String>> known = Optional.empty();

    /** Why no domain can run here; costs no program. */
    Optional<String> obstacle() {
        if (!read(TYPE).equals("xen")) {
            return Optional.of("this machine does not run on Xen");
        }
        List<String> missing =
                PROGRAMS.stream().filter(p -> Command.find(p).isEmpty()).toList();
        if (!missing.isEmpty()) {
            return Optional.of(String.join(", ", missing) + " is not installed (Debian package xen-utils)");
        }
        if (!Arrays.asList(read(CAPABILITIES).split("\\s+", -1)).contains("control_d")) {
            return Optional.of("this machine is no dom0 of Xen, or the file system xenfs is not mounted at /proc/xen");
        }
        return Files.exists(XENSTORE)
                ? Optional.empty()
                : Optional.of("xenstored does not run: the service xen is not started");
    }

    synchronized Map<String, String> facts() {
        if (known.isEmpty()) {
            known = Optional.of(XlText.facts(Xl.run("info")));
        }
        return known.get();
    }

    String version() {
        return facts().getOrDefault("xen_version", "of unknown version");
    }

    /** Whether guests can have hardware's page tables, which needs less of the hypervisor than PV. */
    boolean pvh() {
        return Arrays.asList(facts().getOrDefault("virt_caps", "").split(" ", -1))
                .contains("hvm");
    }

    /** All CPUs of the machine, whatever dom0 has of them. */
    CpuSet cpus() {
        try {
            return CpuSet.range(0, Integer.parseInt(facts().getOrDefault("max_cpu_id", "")));
        } catch (NumberFormatException e) {
            throw new XlException("xl does not say how many CPUs there are");
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            return "";
        }
    }
}
