package io.lamella.backend.kvm;

import io.lamella.linux.Command;
import io.lamella.linux.LinuxException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** What the node offers to virtual machines. */
final class Host {
    static final String QEMU = "qemu-system-x86_64";

    private static final Path DEVICE = Path.of("/dev/kvm");
    private static final int GROUP = 060;
    private static final int OTHERS = 06;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Acceleration wanted;
    private final Path device;
    private Optional<String> version = Optional.empty();

    Host(Acceleration wanted) {
        this(wanted, DEVICE);
    }

    /** @param device through which the kernel offers virtualization */
    Host(Acceleration wanted, Path device) {
        this.wanted = wanted;
        this.device = device;
    }

    /** Whether the processor carries machines out. */
    boolean kvm() {
        return wanted != Acceleration.TCG && unusable().isEmpty();
    }

    /** Why the kernel's virtualization cannot be used by machines, which run without any privilege of their own. */
    private Optional<String> unusable() {
        if (!Files.exists(device)) {
            return Optional.of("there is no " + device);
        }
        try {
            int mode = (int) Files.getAttribute(device, "unix:mode");
            boolean shared =
                    (mode & GROUP) == GROUP && !Integer.valueOf(0).equals(Files.getAttribute(device, "unix:gid"));
            if (!shared && (mode & OTHERS) != OTHERS) {
                return Optional.of("only root may use " + device + ": give it a group and mode 660, as udev does");
            }
            FileChannel.open(device, StandardOpenOption.READ, StandardOpenOption.WRITE)
                    .close();
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(device + " cannot be opened: " + reason(e));
        }
    }

    private static String reason(IOException e) {
        String reason = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
        return reason == null ? "permission denied" : reason;
    }

    /** The group through which {@code /dev/kvm} is opened. */
    OptionalLong kvmGroup() {
        try {
            return kvm() && Files.getAttribute(device, "unix:gid") instanceof Integer gid && gid != 0
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
        return wanted == Acceleration.KVM
                ? unusable().map(why -> "the node's configuration demands acceleration kvm, and " + why)
                : Optional.empty();
    }

    Optional<String> warning() {
        if (kvm()) {
            return Optional.empty();
        }
        String why = wanted == Acceleration.TCG
                ? "the node's configuration says so"
                : unusable().orElse("it could not be used a moment ago");
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
