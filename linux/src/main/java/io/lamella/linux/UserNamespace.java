package io.lamella.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A user namespace (user_namespaces(7)) without processes, held by a file descriptor alone: what an idmapped mount takes
 * its mapping from. Needs CAP_SETUID and CAP_SETGID over the ids.
 */
public final class UserNamespace implements AutoCloseable {
    private final int fd;

    private UserNamespace(int fd) {
        this.fd = fd;
    }

    /**
     * Makes a namespace in which uid and gid 0 to {@code count - 1} are the node's {@code firstHostId} and following.
     *
     * @throws LinuxException where the kernel does not allow the mapping
     */
    public static UserNamespace create(long firstHostId, long count) {
        return create(0, firstHostId, count);
    }

    /** Makes a namespace in which the ids from {@code first} on are the node's from {@code firstHostId} on. */
    public static UserNamespace create(long first, long firstHostId, long count) {
        String what = "user namespace for ids " + firstHostId + " to " + (firstHostId + count - 1);
        try {
            // cat echoes its first byte only when unshare has made the namespace and become cat
            Process holder = new ProcessBuilder("unshare", "--user", "cat").start();
            try {
                holder.getOutputStream().write('\n');
                holder.getOutputStream().flush();
                if (holder.getInputStream().read() < 0) {
                    throw new LinuxException(
                            what,
                            Errno.EPERM,
                            new String(holder.getErrorStream().readAllBytes(), StandardCharsets.UTF_8).strip());
                }
                return of(
                        what,
                        Path.of("/proc", Long.toString(holder.pid())),
                        first + " " + firstHostId + " " + count + "\n");
            } finally {
                holder.destroyForcibly();
            }
        } catch (IOException e) {
            throw new LinuxException(what, e);
        }
    }

    private static UserNamespace of(String what, Path process, String map) throws IOException {
        Files.writeString(process.resolve("uid_map"), map);
        Files.writeString(process.resolve("gid_map"), map);
        try (Arena arena = Arena.ofConfined()) {
            long path = Libc.path(arena, process.resolve("ns/user"));
            return new UserNamespace(Libc.OPEN.demand(what, path, Libc.O_RDONLY | Libc.O_CLOEXEC));
        }
    }

    /** The file descriptor, valid until {@link #close}; close-on-exec. */
    public int fd() {
        return fd;
    }

    /** Mounts that were made with the namespace keep it. Call once. */
    @Override
    public void close() {
        Libc.close(fd);
    }
}
