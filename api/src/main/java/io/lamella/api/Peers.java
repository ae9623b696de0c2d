package io.lamella.api;

import io.lamella.model.Refusal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import jdk.net.UnixDomainPrincipal;

/**
 * Tells by a Unix socket's peer credentials who may administer the node: root, the daemon's own user, and members of a
 * group. The kernel reports a peer's effective group only (SO_PEERCRED, unix(7)), so that further members are looked up
 * in group(5). Any thread.
 */
final class Peers {
    private final String adminGroup;
    private final Path groupFile;
    private final UserPrincipalLookupService lookup = FileSystems.getDefault().getUserPrincipalLookupService();

    Peers(String adminGroup, Path groupFile) {
        this.adminGroup = adminGroup;
        this.groupFile = groupFile;
    }

    Caller caller(UnixDomainPrincipal peer) {
        try {
            if (isOwner(peer.user()) || isMember(peer)) {
                return new Caller("user " + peer.user().getName(), Optional.empty());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw Refusal.forbidden("user \"" + peer.user().getName() + "\" may not use this socket: only root and members"
                + " of group \"" + adminGroup + "\" may");
    }

    private boolean isOwner(UserPrincipal user) throws IOException {
        return user.equals(lookup.lookupPrincipalByName("0")) || user.equals(Files.getOwner(Path.of("/proc/self")));
    }

    private boolean isMember(UnixDomainPrincipal peer) throws IOException {
        Optional<GroupPrincipal> admins = group();
        return admins.isPresent()
                && (peer.group().equals(admins.get())
                        || members().contains(peer.user().getName()));
    }

    /** The group, where the machine has it now. */
    Optional<GroupPrincipal> group() throws IOException {
        try {
            return Optional.of(lookup.lookupPrincipalByGroupName(adminGroup));
        } catch (UserPrincipalNotFoundException e) {
            return Optional.empty();
        }
    }

    private List<String> members() throws IOException {
        for (String line : Files.readAllLines(groupFile)) {
            String[] fields = line.split(":", -1);
            if (fields.length == 4 && fields[0].equals(adminGroup)) {
                return Arrays.asList(fields[3].split(",", -1));
            }
        }
        return List.of();
    }
}
