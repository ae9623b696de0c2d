package io.lamella.network;

import io.lamella.compute.Plug;
import io.lamella.linux.Links;
import io.lamella.linux.LinuxException;
import io.lamella.model.Port;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The ports' devices: pairs, or tap devices alone, which then are what a pair's host end is. Several nodes on one machine use the same kind of names, so each host end carries an
 * alias (ip-link(8)) with the bridge's name, by which one is known that no bridge and no record knows any more.
 */
final class Devices {
    private static final Path SYSTEM = Path.of("/sys/class/net");
    private static final Pattern HOST_END = Pattern.compile("lm[0-9a-f]{12}");

    private final String mark;

    Devices(String bridge) {
        this.mark = "lamella:" + bridge;
    }

    /** Whether all that the plug needs is in this namespace, and of the right kind. */
    static boolean complete(Port port, Plug plug) {
        return switch (plug) {
            case Plug.Pair pair -> Links.exists(port.hostDevice()) && Links.exists(port.guestDevice());
            case Plug.Tap tap -> Links.isTap(port.hostDevice());
            case Plug.Own own -> false;
        };
    }

    /**
     * Makes a port's devices, or finishes what was half made. A pair whose other end is in another namespace belongs to
     * an instance that has ended and is made anew.
     *
     * @param checksums whether the sender has to compute checksums itself
     */
    void make(Port port, Plug plug, boolean checksums) {
        String host = port.hostDevice();
        if (!complete(port, plug)) {
            Links.delete(host);
        }
        switch (plug) {
            case Plug.Pair pair -> makePair(port, checksums);
            case Plug.Tap tap -> Links.createTap(host, tap.owner());
            case Plug.Own own -> {
                return;
            }
        }
        setAlias(host);
        Links.disableIpv6(host);
        // The switch would do so itself and, for the change it sees then, look at all its ports once more.
        Links.setUpPromiscuous(host);
    }

    private static void makePair(Port port, boolean checksums) {
        if (!Links.exists(port.hostDevice())) {
            Links.createVeth(port.hostDevice(), port.guestDevice(), port.mac().bits());
        }
        if (checksums) {
            Links.disableTxChecksum(port.guestDevice());
        }
    }

    /** The host ends that are there. */
    Set<String> present() {
        return hostEnds(name -> true);
    }

    /** The host ends that were made for this bridge. */
    Set<String> marked() {
        return hostEnds(this::isMarked);
    }

    private static Set<String> hostEnds(Predicate<String> which) {
        return Links.names().stream()
                .filter(name -> HOST_END.matcher(name).matches())
                .filter(which)
                .collect(Collectors.toSet());
    }

    private void setAlias(String device) {
        try {
            Files.writeString(alias(device), mark);
        } catch (IOException e) {
            throw new LinuxException("setting the alias of " + device, e);
        }
    }

    private boolean isMarked(String device) {
        try {
            return Files.readString(alias(device)).strip().equals(mark);
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw new LinuxException("reading the alias of " + device, e);
        }
    }

    private static Path alias(String device) {
        return SYSTEM.resolve(device).resolve("ifalias");
    }
}
