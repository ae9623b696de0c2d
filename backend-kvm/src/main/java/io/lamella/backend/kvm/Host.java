package io.lamella.backend.kvm;

import io.lamella.linux.Command;
import io.lamella.linux.LinuxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** What the node offers to virtual machines. */
final class Host {
    static final String QEMU = "qemu-system-x86_64";

    private static final Path DEVICE = Path.of("/dev/kvm");
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Acceleration wanted;
    private Optional<String> version = Optional.empty();

    Host(Acceleration wanted) {
        this.wanted = wanted;
    }

    /** Whether the processor carries machines out. */
    boolean kvm() {
        return wanted != Acceleration.TCG && Files.exists(DEVICE);
    }

    /** The group through which {@code /dev/kvm} is opened. */
    OptionalLong kvmGroup() {
        try {
            return kvm() && Files.getAttribute(DEVICE, "unix:gid") instanceof Integer gid && gid != 0
                    ? OptionalLong.of(gid)
                    : OptionalLong.empty();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    /** Why no machine can run here. */
    Optional<String> obstacle() {
        List<String> missing = new ArrayList<>();
        for (String program : List.of(QEMU, "qemu-img", "setpriv", "mkfs.ext4")) {
            if (Command.find(program).isEmpty()) {
                missing.add(program);
            }
        }
        if (!missing.isEmpty()) {
            return Optional.of(String.join(", ", missing) + " is not installed");
        }
        if (wanted == Acceleration.KVM && !Files.exists(DEVICE)) {
            return Optional.of("the node's configuration demands acceleration kvm, and there is no " + DEVICE);
        }
        return Optional.empty();
    }

    Optional<String> warning() {
        if (kvm()) {
            return Optional.empty();
        }
        String why = wanted == Acceleration.TCG ? "the node's configuration says so" : "there is no " + DEVICE;
        return Optional.of("emulated in software (TCG), some ten times slower: " + why);
    }

    synchronized String version() {
        if (version.isEmpty()) {
            try {
                String text = Command.run(PATIENCE, List.of(QEMU, "--version")).output();
                version = text.lines()
                        .findFirst()
                        .map(line ->
                                line.replaceFirst("^QEMU emulator version ", "").replaceFirst(" .*", ""));
            } catch (LinuxException e) {
                return "unknown";
            }
        }
        return version.orElse("unknown");
    }
}
