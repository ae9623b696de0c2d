package io.lamella.image;

import io.lamella.compute.ImageStore;
import io.lamella.compute.Progress;
import io.lamella.compute.Root;
import io.lamella.model.Firmware;
import io.lamella.model.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Images in a directory: {@code HEX/rootfs} or {@code HEX/disk}, and {@code HEX/image.json}, for each content,
 * {@code HEX/derived} for what backends make of it, and {@code .staging-*} for what is being made. A content appears by one rename, complete and durable. The directory belongs to one process and
 * is closed to everybody but root, because files in it keep their owners and setuid bits.
 */
public final class DirectoryImageStore implements ImageStore {
    private static final String DERIVED = "derived";

    private final Path directory;
    private final ImageLimits limits;
    private final List<Recipe> recipes;
    private final Set<Path> active = ConcurrentHashMap.newKeySet();
    private final Object publishing = new Object();

    public DirectoryImageStore(Path directory, Path cache) {
        this(directory, cache, ImageLimits.DEFAULT);
    }

    /**
     * Makes both directories where they are missing.
     *
     * @param cache for results of builds that take long; may be emptied at any time
     */
    public DirectoryImageStore(Path directory, Path cache, ImageLimits limits) {
        this.directory = directory.toAbsolutePath().normalize();
        this.limits = limits;
        this.recipes = Recipe.all(new BuildCache(cache));
        try {
            Files.createDirectories(this.directory);
            Files.setPosixFilePermissions(this.directory, PosixFilePermissions.fromString("rwx------"));
        } catch (IOException e) {
            throw Storage.refusal("make its directory " + directory, e);
        }
    }

    @Override
    public Content unpack(
            InputStream archive, Optional<String> sha256, long size, Optional<Firmware> firmware, Progress progress) {
        Optional<String> expected = sha256.map(Digests::expected);
        Progress pace = new Pace(progress);
        Source source = new Source(archive, size, "reading the archive", pace);
        Optional<Content> present = expected.flatMap(this::content);
        if (present.isPresent()) {
            Unpacking.verify(source.finish(), expected);
            return agreeing(present.get(), firmware);
        }
        Content content =
                make(staging -> new Unpacking(staging, limits(), pace, firmware, this::content).run(source, expected));
        return agreeing(content, firmware);
    }

    /** One content has one firmware, whatever its names. */
    private static Content agreeing(Content content, Optional<Firmware> wanted) {
        if (wanted.isPresent() && !content.firmware().equals(wanted)) {
            throw Refusal.conflict(
                    "firmware",
                    "the image store has this disk already, with firmware "
                            + content.firmware().map(Firmware::word).orElse("none")
                            + ": delete the images of digest " + content.digest() + " first");
        }
        return content;
    }

    @Override
    public List<String> recipes() {
        return recipes.stream().map(Recipe::name).toList();
    }

    @Override
    public Content build(String name, Progress progress) {
        Recipe recipe = recipes.stream()
                .filter(r -> r.name().equals(name))
                .findFirst()
                .orElseThrow(() -> Refusal.invalid("recipe", name, String.join(" or ", recipes())));
        Progress pace = new Pace(progress);
        return make(staging -> {
            Path tar = recipe.tar(staging.workspace(), pace);
            try (InputStream in = Files.newInputStream(tar)) {
                Source source = new Source(in, Files.size(tar), "unpacking", pace);
                return new Unpacking(staging, limits(), pace, Optional.empty(), this::content)
                        .run(source, Optional.empty());
            } catch (IOException e) {
                throw Storage.refusal("read the built archive", e);
            }
        });
    }

    @Override
    public Root root(String digest) {
        if (!contains(digest)) {
            throw Refusal.notFound("image content", digest);
        }
        Path home = home(digest);
        if (!Files.exists(home.resolve(Staging.DISK))) {
            return new Root.Tree(home.resolve(Staging.ROOTFS), home.resolve(DERIVED));
        }
        Content content = content(digest).orElseThrow(() -> Refusal.notFound("image content", digest));
        return new Root.Disk(
                home.resolve(Staging.DISK),
                Root.Disk.Format.valueOf(content.format().toUpperCase(Locale.ROOT)),
                content.firmware().orElse(Firmware.BIOS),
                home.resolve(DERIVED));
    }

    @Override
    public boolean contains(String digest) {
        return Files.exists(home(digest).resolve(Staging.METADATA));
    }

    @Override
    public void delete(String digest) {
        Path home = home(digest);
        synchronized (publishing) {
            if (Files.exists(home)) {
                remove(home);
            }
        }
    }

    /** As the port says; spares what is being unpacked right now. */
    @Override
    public void reconcile(Set<String> digests) {
        List<String> keep = digests.stream().map(Digests::hex).toList();
        synchronized (publishing) {
            for (Path entry : entries()) {
                String name = entry.getFileName().toString();
                if (name.startsWith(Staging.PREFIX) && !active.contains(entry)) {
                    Disk.deleteTree(entry);
                } else if (Digests.isHex(name) && !keep.contains(name)) {
                    remove(entry);
                }
            }
        }
    }

    private Content make(Function<Staging, Content> work) {
        try (Staging staging = stage()) {
            try {
                Content content = work.apply(staging);
                return content(content.digest()).orElseGet(() -> publish(staging, content));
            } finally {
                active.remove(staging.directory());
            }
        }
    }

    private Staging stage() {
        synchronized (publishing) { // or reconcile could meet it before it is known as active
            Staging staging = new Staging(directory);
            active.add(staging.directory());
            return staging;
        }
    }

    private Content publish(Staging staging, Content content) {
        staging.seal(content);
        Path home = home(content.digest());
        synchronized (publishing) {
            Optional<Content> present = content(content.digest());
            if (present.isPresent()) {
                return present.get(); // the other thread was faster
            }
            staging.publish(home);
        }
        return content;
    }

    private Optional<Content> content(String digest) {
        return Metadata.read(home(digest).resolve(Staging.METADATA));
    }

    /** Makes it invisible in one step first: an interrupted removal leaves no half content under its digest. */
    private void remove(Path home) {
        Path doomed = directory.resolve(Staging.PREFIX + "removed-" + home.getFileName());
        try {
            Disk.deleteTree(doomed);
            Files.move(home, doomed);
        } catch (IOException e) {
            throw Storage.refusal("remove " + home.getFileName(), e);
        }
        Disk.deleteTree(doomed);
    }

    private Path home(String digest) {
        return directory.resolve(Digests.hex(digest));
    }

    private ImageLimits limits() {
        try {
            return limits.within(Files.getFileStore(directory).getUsableSpace());
        } catch (IOException e) {
            throw Storage.refusal("ask for free space", e);
        }
    }

    private List<Path> entries() {
        try (Stream<Path> list = Files.list(directory)) {
            return new ArrayList<>(list.toList());
        } catch (IOException e) {
            throw Storage.refusal("list its directory", e);
        }
    }
}
