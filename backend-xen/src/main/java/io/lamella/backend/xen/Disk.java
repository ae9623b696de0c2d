package io.lamella.backend.xen;

import io.lamella.compute.InstancePlan;
import io.lamella.compute.Root;
import io.lamella.guest.RootDisks;
import io.lamella.linux.Command;
import io.lamella.linux.Inodes;
import io.lamella.linux.Mounts;
import io.lamella.model.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** The root disks of instances: raw files, which hold only what was written and start as the image's. */
final class Disk {
    private static final Duration PATIENCE = Duration.ofHours(1);
    private static final int OWNER_ALONE = 0600;
    private static final int DIRECTORY = 0700;

    private final RootDisks bases = new RootDisks();

    /** Makes the unit's directory and disk; what exists is kept. */
    void create(Unit unit, InstancePlan plan) throws IOException {
        directory(unit);
        if (!Files.exists(unit.disk())) {
            Path base = bases.base(new Root.Tree(plan.rootfs(), plan.root().derived()));
            Path part = unit.directory().resolve("root.part");
            Command.Result copy = Command.run(
                    PATIENCE,
                    List.of("cp", "--reflink=auto", "--sparse=always", "--", base.toString(), part.toString()));
            if (!copy.ok()) {
                Files.deleteIfExists(part);
                throw failure("the root disk cannot be made: " + copy.lastLine());
            }
            finish(part, unit);
        }
    }

    void createFrom(Unit unit, Path tree) throws IOException {
        directory(unit);
        Path part = unit.directory().resolve("root.part");
        bases.fromTree(tree, part);
        finish(part, unit);
    }

    void withTree(Unit unit, Consumer<Path> use) throws IOException {
        release(unit);
        Files.createDirectories(unit.tree());
        bases.withTree(unit.disk(), unit.tree(), use);
    }

    /** Takes away what an interrupted conversion left mounted. */
    void release(Unit unit) {
        Mounts.unmount(unit.tree());
    }

    private static void directory(Unit unit) throws IOException {
        Files.createDirectories(unit.directory());
        Inodes.chmod(unit.directory(), DIRECTORY);
    }

    private static void finish(Path part, Unit unit) throws IOException {
        Inodes.chmod(part, OWNER_ALONE);
        Files.move(part, unit.disk(), StandardCopyOption.ATOMIC_MOVE);
    }

    static Refusal failure(String sentence) {
        return sentence.contains("No space left on device") || sentence.contains("Disk quota exceeded")
                ? Refusal.exhausted("disk", sentence)
                : Refusal.unavailable(sentence);
    }
}
