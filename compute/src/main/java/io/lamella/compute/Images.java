package io.lamella.compute;

import io.lamella.compute.ImageStore.Content;
import io.lamella.model.Firmware;
import io.lamella.model.Image;
import io.lamella.model.ImageBuild;
import io.lamella.model.Instance;
import io.lamella.model.Names;
import io.lamella.model.Operation;
import io.lamella.model.Refusal;
import io.lamella.store.Kind;
import io.lamella.store.Store;
import java.io.InputStream;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/** The names of images. Safe for use by several threads. */
public final class Images {
    private final Store store;
    private final ImageStore content;
    private final Operations operations;
    private final Events events;
    private final Clock clock;

    /** Read: content is being added, which no name stands for yet. Write: content without a name is swept away. */
    private final ReentrantReadWriteLock adding = new ReentrantReadWriteLock();

    Images(Store store, ImageStore content, Operations operations, Events events, Clock clock) {
        this.store = store;
        this.content = content;
        this.operations = operations;
        this.events = events;
        this.clock = clock;
    }

    public List<Image> list() {
        return store.list(Kind.IMAGE);
    }

    /** By name, by digest ({@code sha256:...}), or by a digest's first 8 or more digits. */
    public Image get(String nameOrDigest) {
        return find(store.get(Kind.IMAGE, nameOrDigest), list(), nameOrDigest);
    }

    static Image find(Store.Transaction tx, String nameOrDigest) {
        return find(tx.get(Kind.IMAGE, nameOrDigest), tx.list(Kind.IMAGE), nameOrDigest);
    }

    private static Image find(Optional<Image> named, List<Image> all, String nameOrDigest) {
        String digits = nameOrDigest.startsWith("sha256:") ? nameOrDigest.substring(7) : nameOrDigest;
        return named.or(() -> digits.length() < 8
                        ? Optional.empty()
                        : all.stream()
                                .filter(i -> i.digest().startsWith("sha256:" + digits))
                                .findFirst())
                .orElseThrow(() -> Refusal.notFound("image", nameOrDigest));
    }

    /** Reads the archive while it arrives; arguments as in {@link ImageStore#unpack}. */
    public Image importArchive(
            String name, InputStream archive, Optional<String> sha256, long size, Optional<Firmware> firmware) {
        Names.checkImage("name", name);
        checkFree(name);
        return add(name, () -> content.unpack(archive, sha256, size, firmware, (step, done, total) -> {}));
    }

    /** Starts building in the background. */
    public Operation build(ImageBuild build) {
        if (!content.recipes().contains(build.recipe())) {
            throw Refusal.invalid("recipe", build.recipe(), "one of " + String.join(", ", content.recipes()));
        }
        checkFree(build.name());
        return operations.start(
                "image.build",
                build.name(),
                progress -> add(build.name(), () -> content.build(build.recipe(), progress)));
    }

    private Image add(String name, Supplier<Content> unpack) {
        Image image;
        adding.readLock().lock();
        try {
            Content c = unpack.get();
            image = new Image(
                    name,
                    c.digest(),
                    c.format(),
                    c.size(),
                    c.files(),
                    c.devicesLeftOut(),
                    c.firmware(),
                    clock.instant());
            store.transact(tx -> {
                if (tx.get(Kind.IMAGE, name).isPresent()) {
                    throw taken(name);
                }
                tx.put(Kind.IMAGE, image);
                return image;
            });
        } finally {
            adding.readLock().unlock();
            sweep(); // what a failure, or a deletion in the meantime, left without a name
        }
        events.publish("image.added", "", name, "image " + name + " is " + image.digest());
        return image;
    }

    /** Removes the name, and the content where it was the last one. Refused while an instance uses it. */
    public void delete(String name) {
        store.transact(tx -> {
            Image image = tx.get(Kind.IMAGE, name).orElseThrow(() -> Refusal.notFound("image", name));
            boolean otherName = tx.list(Kind.IMAGE).stream()
                    .anyMatch(
                            i -> i.digest().equals(image.digest()) && !i.name().equals(name));
            List<String> users = tx.list(Kind.INSTANCE).stream()
                    .filter(i -> i.digest().equals(image.digest()))
                    .map(Instance::key)
                    .toList();
            if (!otherName && !users.isEmpty()) {
                throw Refusal.conflict("image", "image \"" + name + "\" is used by " + String.join(", ", users));
            }
            tx.delete(Kind.IMAGE, name);
            return image;
        });
        sweep();
        events.publish("image.deleted", "", name, "image " + name + " was deleted");
    }

    /** Removes content that nothing refers to, unless content is being added: whoever adds sweeps afterwards. */
    void sweep() {
        if (adding.writeLock().tryLock()) {
            try {
                Set<String> used = new HashSet<>();
                store.list(Kind.IMAGE).forEach(i -> used.add(i.digest()));
                store.list(Kind.INSTANCE).forEach(i -> used.add(i.digest()));
                content.reconcile(used);
            } finally {
                adding.writeLock().unlock();
            }
        }
    }

    private void checkFree(String name) {
        if (store.get(Kind.IMAGE, name).isPresent()) {
            throw taken(name);
        }
    }

    private static Refusal taken(String name) {
        return Refusal.conflict("name", "image \"" + name + "\" exists already");
    }
}
