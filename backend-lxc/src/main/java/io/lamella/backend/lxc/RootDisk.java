package io.lamella.backend.lxc;

import io.lamella.linux.Inodes;
import io.lamella.linux.Mounts;
import io.lamella.linux.UserNamespace;
import io.lamella.model.IdRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * The file systems that instances see as their own: what they wrote, over an image that they share read-only. The image
 * belongs to ids 0 to 65535 on the disk and to the slice's ids in the instance.
 */
final class RootDisk {
    private static final int PASS_FOR_GROUP = 0710;
    private static final int READ_FOR_ALL = 0755;

    /** One for each slice, kept for the next start; the ranges of deleted slices are given to new ones. */
    private final Map<IdRange, UserNamespace> namespaces = new ConcurrentHashMap<>();

    /** Makes the unit's directories; those that exist are kept with what is in them. */
    void create(Unit unit, IdRange ids) throws IOException {
        Files.createDirectories(unit.directory());
        for (Path mountPoint : List.of(unit.rootfs(), unit.image())) {
            Files.createDirectories(mountPoint);
        }
        for (Path own : List.of(unit.upper(), unit.work())) {
            if (!Files.exists(own)) {
                Files.createDirectory(own);
                Inodes.lchown(own, ids.first(), ids.first());
                Inodes.chmod(own, READ_FOR_ALL);
            }
        }
        // the instance's root passes through; other users of the node must not reach setuid programs in it
        Inodes.lchown(unit.directory(), 0, ids.first());
        Inodes.chmod(unit.directory(), PASS_FOR_GROUP);
    }

    void mount(Unit unit, Path image, IdRange ids) {
        UserNamespace namespace =
                namespaces.computeIfAbsent(ids, range -> UserNamespace.create(range.first(), range.count()));
        Mounts.idmap(image, unit.image(), namespace);
        try {
            Mounts.overlay(unit.image(), unit.upper(), unit.work(), unit.rootfs());
        } finally {
            Mounts.unmount(unit.image()); // the overlay keeps its own reference
        }
    }

    /**
     * Shows what the instance sees with the ids that it sees, writable, while {@code use} runs: over the image as it is
     * on the disk, what the instance wrote through a mount that shifts its owners back.
     */
    void withTree(Unit unit, Path image, IdRange ids, Consumer<Path> use) throws IOException {
        renewWork(unit, ids); // what the kernel left there has owners that this mount has no names for
        try (UserNamespace back = UserNamespace.create(ids.first(), 0, ids.count())) {
            Mounts.idmapWritable(unit.directory(), unit.image(), back);
            Path upper = unit.image().resolve(unit.directory().relativize(unit.upper()));
            Path work = unit.image().resolve(unit.directory().relativize(unit.work()));
            Mounts.overlay(image, upper, work, unit.rootfs());
            use.accept(unit.rootfs());
        } finally {
            unmount(unit);
            renewWork(unit, ids);
        }
    }

    private void renewWork(Unit unit, IdRange ids) throws IOException {
        Inodes.deleteTree(unit.work());
        create(unit, ids);
    }

    void unmount(Unit unit) {
        Mounts.unmount(unit.rootfs());
        Mounts.unmount(unit.image());
    }
}
