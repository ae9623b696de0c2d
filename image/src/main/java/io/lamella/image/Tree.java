package io.lamella.image;

import io.lamella.image.TarEntry.Kind;
import io.lamella.image.TarEntry.Part;
import io.lamella.linux.Inodes;
import io.lamella.linux.LinuxException;
import io.lamella.model.Refusal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A root file system being made out of archive entries below one directory that nobody else writes to. Whatever the
 * entries say, nothing outside of that directory is touched: names are checked by {@link Names}, every parent has to be
 * a real directory, nothing is written through a link, and links are never followed. One thread.
 */
final class Tree {
    private static final LinkOption NOFOLLOW = LinkOption.NOFOLLOW_LINKS;
    private static final Set<StandardOpenOption> NEW = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    private static final int ID_LIMIT = 65_535;
    private static final int PATH_MAX = 4095;
    private static final long DIRECTORY_NAMES = 64L << 20;

    /** What a directory gets at the very end: its content would change its time, and its mode could be in the way. */
    private record Finish(int mode, long uid, long gid, Instant mtime) {
        static final Finish IMPLIED = new Finish(0755, 0, 0, Instant.EPOCH);
    }

    @FunctionalInterface
    private interface Creation {
        void at(Path path) throws IOException;
    }

    private final Path root;
    private final ImageLimits limits;
    private final int nameLimit;
    private final NavigableMap<String, Finish> directories = new TreeMap<>();
    private final byte[] buffer = new byte[1 << 16];
    private String checkedParent = "";
    private long directoryNames;
    private long entries;
    private long written;
    private long size;
    private long files;
    private long devicesLeftOut;

    /**
     * @param root an empty directory
     * @param pathBytes how long the path is that the tree will have in the end
     */
    Tree(Path root, int pathBytes, ImageLimits limits) {
        this.root = root;
        this.limits = limits;
        this.nameLimit = PATH_MAX - pathBytes - 1;
        directories.put("", Finish.IMPLIED);
    }

    long size() {
        return size;
    }

    long files() {
        return files;
    }

    long devicesLeftOut() {
        return devicesLeftOut;
    }

    /** Adds an entry, replacing what has its name; {@code data} is at the entry. */
    void add(TarEntry entry, TarReader data) {
        count();
        String name = Names.safe(entry.name(), nameLimit);
        Finish finish = finish(entry, name);
        try {
            if (name.isEmpty()) {
                if (entry.kind() != Kind.DIRECTORY) {
                    throw Names.refused("its root is no directory");
                }
                directories.put("", finish);
                return;
            }
            if (isDevice(entry)) {
                leaveOut(name);
                return;
            }
            makeParents(name);
            switch (entry.kind()) {
                case DIRECTORY -> directory(name, entry, finish);
                case FILE -> file(name, entry, finish, data);
                case SYMLINK -> symlink(name, entry, finish);
                case HARD_LINK -> hardLink(name, entry);
                case FIFO -> fifo(name, finish);
                case CHARACTER_DEVICE, BLOCK_DEVICE -> throw new IllegalStateException();
            }
        } catch (IOException e) {
            throw Storage.refusal("write " + Names.shown(name), e);
        } catch (LinuxException e) {
            throw Storage.refusal("write " + Names.shown(name), e);
        }
    }

    /** Counts an entry that is not added, against the limit. */
    void count() {
        if (++entries > limits.entries()) {
            throw Names.refused("it has more than " + limits.entries() + " entries");
        }
    }

    /** Removes {@code name}, where it exists below real directories. */
    void remove(String name) {
        String safe = Names.safe(name, nameLimit);
        if (!safe.isEmpty() && reachable(safe)) {
            discard(safe);
        }
    }

    /** Removes all that is in the directory {@code name}, which may be the root. */
    void clear(String name) {
        String safe = Names.safe(name, nameLimit);
        if (!reachable(safe) || !Files.isDirectory(path(safe), NOFOLLOW)) {
            return;
        }
        try (var children = Files.newDirectoryStream(path(safe))) {
            for (Path child : children) {
                discard(safe.isEmpty() ? child.getFileName().toString() : safe + "/" + child.getFileName());
            }
        } catch (IOException e) {
            throw Storage.refusal("empty " + Names.shown(name), e);
        }
    }

    boolean has(String name) {
        return Files.exists(path(name), NOFOLLOW);
    }

    /** Gives all directories their owners, modes and times. Nothing may be added afterwards. */
    void finish() {
        directories.descendingMap().forEach((name, finish) -> {
            try {
                attributes(path(name), finish);
            } catch (LinuxException e) {
                throw Storage.refusal("finish " + Names.shown(name), e);
            }
        });
    }

    private void leaveOut(String name) {
        if (!name.startsWith("dev/")) {
            throw Names.refused(Names.shown(name) + " is a device node outside of /dev");
        }
        devicesLeftOut++;
    }

    private static boolean isDevice(TarEntry entry) {
        return entry.kind() == Kind.CHARACTER_DEVICE || entry.kind() == Kind.BLOCK_DEVICE;
    }

    private static Finish finish(TarEntry entry, String name) {
        if (entry.uid() < 0 || entry.uid() > ID_LIMIT || entry.gid() < 0 || entry.gid() > ID_LIMIT) {
            throw Names.refused(Names.shown(name) + " belongs to user " + entry.uid() + " and group " + entry.gid()
                    + ", and only 0 to " + ID_LIMIT + " exist in an instance");
        }
        return new Finish(entry.mode(), entry.uid(), entry.gid(), entry.mtime());
    }

    private void makeParents(String name) throws IOException {
        String parent = name.substring(0, Math.max(0, name.lastIndexOf('/')));
        if (parent.equals(checkedParent)) {
            return;
        }
        for (int slash = parent.indexOf('/'); ; slash = parent.indexOf('/', slash + 1)) {
            String ancestor = slash < 0 ? parent : parent.substring(0, slash);
            if (!ancestor.isEmpty() && !isDirectory(ancestor)) {
                if (has(ancestor)) {
                    throw Names.refused(
                            Names.shown(name) + " lies below " + Names.shown(ancestor) + ", which is no directory");
                }
                newDirectory(ancestor, Finish.IMPLIED);
            }
            if (slash < 0) {
                break;
            }
        }
        checkedParent = parent;
    }

    /** Whether all parents of {@code name} are real directories. */
    private boolean reachable(String name) {
        for (int slash = name.indexOf('/'); slash > 0; slash = name.indexOf('/', slash + 1)) {
            if (!isDirectory(name.substring(0, slash))) {
                return false;
            }
        }
        return true;
    }

    private boolean isDirectory(String name) {
        return Files.isDirectory(path(name), NOFOLLOW);
    }

    private void directory(String name, TarEntry entry, Finish finish) throws IOException {
        if (!isDirectory(name)) {
            if (has(name)) {
                discard(name);
            }
            newDirectory(name, finish);
        }
        directories.put(name, finish);
        Xattrs.apply(path(name), entry);
    }

    private void newDirectory(String name, Finish finish) throws IOException {
        directoryNames += name.length();
        if (directories.size() >= limits.directories() || directoryNames > DIRECTORY_NAMES) {
            throw Names.refused("it has more than " + limits.directories() + " directories or too long names of them");
        }
        Files.createDirectory(path(name));
        directories.put(name, finish);
        files++;
    }

    private void file(String name, TarEntry entry, Finish finish, TarReader data) throws IOException {
        if (entry.size() > limits.bytes() - written) {
            throw Refusal.exhausted(
                    "archive",
                    "the archive is refused: unpacked it is larger than the " + (limits.bytes() >> 20)
                            + " MiB that are allowed and free");
        }
        written += entry.size();
        create(name, path -> write(path, entry, data));
        size += entry.size();
        Path path = path(name);
        attributes(path, finish);
        Xattrs.apply(path, entry); // after the owner, which clears capabilities
    }

    private void write(Path path, TarEntry entry, TarReader data) throws IOException {
        try (FileChannel channel = FileChannel.open(path, NEW)) {
            for (Part part : entry.parts()) {
                long position = part.offset();
                for (long end = position + part.length(); position < end; ) {
                    int n = data.read(buffer, 0, (int) Math.min(buffer.length, end - position));
                    ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, n);
                    while (bytes.hasRemaining()) {
                        position += channel.write(bytes, position);
                    }
                }
            }
            if (channel.size() < entry.size()) { // ends with a hole
                channel.write(ByteBuffer.allocate(1), entry.size() - 1);
            }
        }
    }

    private void symlink(String name, TarEntry entry, Finish finish) throws IOException {
        String target = entry.target();
        if (target.isEmpty() || target.indexOf('\0') >= 0 || target.length() > PATH_MAX) {
            throw Names.refused(Names.shown(name) + " is a symbolic link without a valid target");
        }
        Path to = local(target);
        create(name, path -> Files.createSymbolicLink(path, to));
        attributes(path(name), finish);
    }

    private void hardLink(String name, TarEntry entry) throws IOException {
        String target = Names.safe(entry.target(), nameLimit);
        if (target.equals(name) && has(name)) {
            return;
        }
        if (name.startsWith("dev/") && target.startsWith("dev/") && !has(target)) {
            leaveOut(name); // a second name of a device node
            return;
        }
        if (!reachable(target) || !Files.isRegularFile(path(target), NOFOLLOW) || target.startsWith(name + "/")) {
            throw Names.refused(Names.shown(name) + " is a hard link to " + Names.shown(target)
                    + ", which is no file unpacked before it");
        }
        create(name, path -> Files.createLink(path, path(target)));
    }

    private void fifo(String name, Finish finish) throws IOException {
        if (has(name)) {
            discard(name);
        }
        Path path = path(name);
        Inodes.makeFifo(path, finish.mode());
        files++;
        attributes(path, finish);
    }

    /** Creates what must not exist yet, after removing what has the name. */
    private void create(String name, Creation creation) throws IOException {
        Path path = path(name);
        try {
            creation.at(path);
        } catch (FileAlreadyExistsException e) {
            discard(name);
            creation.at(path);
        }
        files++;
    }

    private static void attributes(Path path, Finish finish) {
        Inodes.lchown(path, finish.uid(), finish.gid());
        if (!Files.isSymbolicLink(path)) {
            Inodes.chmod(path, finish.mode()); // after the owner, which clears setuid
        }
        Inodes.setModified(path, finish.mtime());
    }

    /** Removes what has this safe name, with all below it. */
    private void discard(String name) {
        checkedParent = "";
        directories.remove(name);
        directories.subMap(name + "/", name + "0").clear(); // '0' follows '/'
        try {
            Files.walkFileTree(path(name), new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    files--;
                    if (attributes.isRegularFile() && nlink(file) == 1) {
                        size -= attributes.size();
                    }
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) throws IOException {
                    files--;
                    Files.delete(directory);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (NoSuchFileException e) {
            // nothing to remove
        } catch (IOException e) {
            throw Storage.refusal("remove " + Names.shown(name), e);
        }
    }

    private static int nlink(Path file) throws IOException {
        return ((Number) Files.getAttribute(file, "unix:nlink", NOFOLLOW)).intValue();
    }

    private Path path(String name) {
        return root.resolve(local(name));
    }

    private static Path local(String name) {
        try {
            return Path.of(name);
        } catch (InvalidPathException e) {
            throw Refusal.unavailable("the name " + Names.shown(name)
                    + " cannot be written: the daemon has to run in a UTF-8 locale, such as LC_ALL=C.UTF-8");
        }
    }
}
