package io.lamella.backend.lxc;

import io.lamella.model.Refusal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What an instance's first process is, as far as starting and stopping it differ. */
enum InitSystem {
    /** systemd(1): powers off at SIGRTMIN+4 and halts at SIGRTMIN+3; its own console-getty serves the console. */
    SYSTEMD("SIGRTMIN+3", 0),
    /** sysvinit's init(8): no signal is sure to shut it down, so it is asked by its own command. */
    SYSVINIT("SIGPWR", 1),
    /** BusyBox's init: powers off at SIGUSR2. Without an inittab it wants terminals 2 to 4. */
    BUSYBOX("SIGUSR2", 4),
    /** The same with nothing to do at a shutdown: once it is alone it only sleeps for a second or two. */
    BARE_BUSYBOX("SIGUSR2", 4),
    OTHER("SIGPWR", 1);

    private static final List<String> PLACES = List.of("/sbin/init", "/usr/lib/systemd/systemd", "/bin/init", "/init");
    /** Sysvinit's way of telling its init what to do. */
    static final String TELINIT = "/sbin/telinit";

    private static final int MAX_LINKS = 40;
    private static final int MAX_INITTAB = 1 << 16;

    private final String haltSignal;
    private final int terminals;

    InitSystem(String haltSignal, int terminals) {
        this.haltSignal = haltSignal;
        this.terminals = terminals;
    }

    String haltSignal() {
        return haltSignal;
    }

    /** How many terminals beside the console it is given: a getty without one would be started over and over. */
    int terminals() {
        return terminals;
    }

    /** A root file system's init: where it is and what it is. */
    record Found(String path, InitSystem system) {}

    /** Looks into a root file system in which nothing runs. */
    static Found in(Path rootfs) {
        for (String place : PLACES) {
            Optional<Path> program = resolve(rootfs, place).filter(Files::isRegularFile);
            if (program.isPresent()) {
                try {
                    return new Found(place, system(rootfs, program.get()));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
        throw Refusal.conflict(
                "image", "the image has no init program: none of " + String.join(", ", PLACES) + " exists in it");
    }

    private static InitSystem system(Path rootfs, Path program) throws IOException {
        String name = rootfs.relativize(program).toString().toLowerCase(Locale.ROOT);
        if (name.contains("busybox") || isSame(program, resolve(rootfs, "/bin/busybox"))) {
            return shutdownActions(rootfs) ? BUSYBOX : BARE_BUSYBOX;
        }
        if (name.contains("systemd")) {
            return SYSTEMD;
        }
        return resolve(rootfs, TELINIT).isPresent()
                        && resolve(rootfs, "/etc/inittab").isPresent()
                ? SYSVINIT
                : OTHER;
    }

    /** BusyBox's commands are links to one file, soft or hard. */
    private static boolean isSame(Path program, Optional<Path> other) throws IOException {
        return other.isPresent() && Files.isSameFile(program, other.get());
    }

    /** Whether BusyBox's inittab (busybox, examples/inittab) runs anything at a shutdown. */
    private static boolean shutdownActions(Path rootfs) {
        Optional<Path> inittab = resolve(rootfs, "/etc/inittab");
        if (inittab.isEmpty()) {
            return false; // its default only unmounts
        }
        try {
            return !Files.isRegularFile(inittab.get(), LinkOption.NOFOLLOW_LINKS)
                    || Files.size(inittab.get()) > MAX_INITTAB
                    || Files.readString(inittab.get(), StandardCharsets.ISO_8859_1)
                            .lines()
                            .anyMatch(line -> line.contains(":shutdown:") && !line.startsWith("#"));
        } catch (IOException e) {
            return true;
        }
    }

    /** Follows links as they read from inside, where / is the root file system's. */
    private static Optional<Path> resolve(Path rootfs, String path) {
        Deque<String> steps = new ArrayDeque<>();
        for (Path step : Path.of(path)) {
            steps.addLast(step.toString());
        }
        Path at = rootfs;
        int links = 0;
        while (!steps.isEmpty()) {
            String step = steps.removeFirst();
            if (step.equals(".")) {
                continue;
            }
            if (step.equals("..")) {
                at = at.equals(rootfs) ? rootfs : at.resolveSibling(".").normalize();
                continue;
            }
            Path next = at.resolve(step);
            if (!Files.isSymbolicLink(next)) {
                at = next;
                continue;
            }
            if (++links > MAX_LINKS) {
                return Optional.empty();
            }
            try {
                Path target = Files.readSymbolicLink(next);
                at = target.isAbsolute() ? rootfs : at;
                for (int i = target.getNameCount() - 1; i >= 0; i--) {
                    steps.addFirst(target.getName(i).toString());
                }
            } catch (IOException e) {
                return Optional.empty();
            }
        }
        return Files.exists(at, LinkOption.NOFOLLOW_LINKS) ? Optional.of(at) : Optional.empty();
    }
}
