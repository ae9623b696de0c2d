package io.lamella.network;

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
 * The ports' pairs of devices. Several nodes on one machine use the same kind of names, so each pair's host end carries
 * an alias (ip-link(8)) with the bridge's name, by which a pair is known that no bridge and no record knows any more.
 */
final class Devices {
    private static final Path SYSTEM = Path.of("/sys/class/net");
    private static final Pattern HOST_END = Pattern.compile("lm[0-9a-f]{12}");

    private final String mark;

    Devices(String bridge) {
        this.mark = "lamella:" + bridge;
    }

    /** Whether both ends of a port's pair are in this namespace. */
    boolean complete(Port port) {
        return Links.exists(port.hostDevice()) && Links.exists(port.guestDevice());
    }

    /**
     * Makes a port's pair, or finishes one that was half made. A pair whose other end is in another namespace belongs to
     * an instance that has ended and is made anew.
     *
     * @param checksums whether the sender has to compute checksums itself
     */
    void make(Port port, boolean checksums) {
        String host = port.hostDevice();
        String guest = port.guestDevice();
        if (!complete(port)) {
            Links.delete(host);
            Links.createVeth(host, guest, port.mac().bits());
        }
        setAlias(host);
        Links.disableIpv6(host);
        // The switch would do so itself and, for the change it sees then, look at all its ports once more.
        Links.setUpPromiscuous(host);
        if (checksums) {
            Links.disableTxChecksum(guest);
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
