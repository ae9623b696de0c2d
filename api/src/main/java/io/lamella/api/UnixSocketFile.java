package io.lamella.api;

import io.lamella.model.Refusal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Optional;

/**
 * The file of a listening Unix socket. It is bound under another name and renamed once its mode and group are right, so
 * that nobody ever finds it half-made.
 */
final class UnixSocketFile {
    /** sockaddr_un holds 107 bytes (unix(7)); four are for the name before the renaming. */
    private static final int MAX_PATH = 103;

    private final Path path;
    private Optional<Object> published = Optional.empty();

    private UnixSocketFile(Path path) {
        this.path = path;
    }

    /** Refuses a path where somebody listens, or which is no socket's. A socket file left by a dead daemon is none's. */
    static UnixSocketFile claim(Path path) {
        UnixSocketFile file = new UnixSocketFile(path.toAbsolutePath());
        try {
            file.claim();
        } catch (IOException e) {
            throw Refusal.unavailable("the socket " + path + " cannot be made: " + e);
        }
        return file;
    }

    private void claim() throws IOException {
        if (path.toString().getBytes(StandardCharsets.UTF_8).length > MAX_PATH) {
            throw Refusal.invalid("socket", path, "at most " + MAX_PATH + " bytes long");
        }
        Path directory = Objects.requireNonNull(path.getParent(), "a socket lies in a directory");
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory);
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        try {
            if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .isOther()) {
                throw Refusal.conflict("socket", path + " exists and is not a socket");
            }
            if (somebodyListens()) {
                throw Refusal.conflict("socket", "another daemon already listens on " + path);
            }
        } catch (NoSuchFileException e) {
            // nothing is in the way
        }
        Files.deleteIfExists(bindingPath(path));
    }

    private boolean somebodyListens() throws IOException {
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.configureBlocking(false); // a full backlog is somebody's too, and not waited for
            probe.connect(UnixDomainSocketAddress.of(path));
            return true;
        } catch (ConnectException e) {
            return false;
        } catch (SocketException e) {
            return true;
        }
    }

    /** Where to bind the socket that is to be at {@code path}. */
    static Path bindingPath(Path path) {
        return path.toAbsolutePath().resolveSibling(path.getFileName() + ".new");
    }

    /** Opens the bound socket to root and {@code group}, and puts it in its place. */
    void publish(Optional<GroupPrincipal> group) throws IOException {
        Path bound = bindingPath(path);
        PosixFileAttributeView view = Files.getFileAttributeView(bound, PosixFileAttributeView.class);
        if (group.isPresent()) {
            view.setGroup(group.get());
        }
        view.setPermissions(PosixFilePermissions.fromString(group.isPresent() ? "rw-rw----" : "rw-------"));
        published = identity(bound);
        Files.move(bound, path, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Removes the file, unless another daemon's has taken its place. */
    void remove() {
        try {
            if (published.isPresent() && published.equals(identity(path))) {
                Files.delete(path);
            }
        } catch (NoSuchFileException e) {
            // that is what was wanted
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<Object> identity(Path file) throws IOException {
        return Optional.ofNullable(Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey());
    }
}
