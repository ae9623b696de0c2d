package io.lamella.backend.kvm;

import io.lamella.compute.InstancePlan;
import io.lamella.compute.Root;
import io.lamella.guest.RootDisks;
import io.lamella.linux.Command;
import io.lamella.linux.Inodes;
import io.lamella.linux.Mounts;
import io.lamella.model.Qcow2;
import io.lamella.model.Refusal;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The root disks of instances: qcow2 files over the image's root disk, or on their own where they came from a tree.
 * QEMU's tools run as the instance's user, because what an instance wrote is nothing to be trusted.
 */
final class Disk {
    private static final Duration PATIENCE = Duration.ofHours(1);
    private static final long LONGEST_LOG = 1 << 16;
    private static final int PASS_FOR_GROUP = 0710;
    private static final int OWNER_ALONE = 0600;

    private final RootDisks bases = new RootDisks();

    /** Makes the unit's directory and disk; what exists is kept. */
    void create(Unit unit, InstancePlan plan) throws IOException {
        directory(unit, plan);
        if (!Files.exists(unit.disk())) {
            Path base = base(plan);
            Path part = unit.directory().resolve("root.part");
            Files.deleteIfExists(part);
            List<String> layer = new ArrayList<>(List.of("create", "-q", "-f", "qcow2"));
            layer.addAll(List.of("-F", format(plan.root()).word(), "-b", base.toString(), part.toString()));
            if (format(plan.root()) == Root.Disk.Format.QCOW2) { // with its size, so that nothing has to open it
                layer.add(1, "-u");
                layer.add(Long.toString(read(base).size()));
            }
            image(layer.toArray(String[]::new));
            give(part, plan);
            Files.move(part, unit.disk());
        }
        if (Ovmf.boots(plan.root())) {
            Ovmf.provide(unit, plan);
        }
    }

    /** How an image's own disk is laid out. */
    static Root.Disk.Format format(Root root) {
        return root instanceof Root.Disk disk ? disk.format() : Root.Disk.Format.RAW;
    }

    void createFrom(Unit unit, InstancePlan plan, Path tree) throws IOException {
        directory(unit, plan);
        Files.deleteIfExists(unit.raw());
        bases.fromTree(tree, unit.raw());
        Path part = unit.directory().resolve("root.part");
        try {
            image("convert", "-f", "raw", "-O", "qcow2", unit.raw().toString(), part.toString());
            give(part, plan);
            Files.move(part, unit.disk());
        } finally {
            Files.deleteIfExists(unit.raw());
            Files.deleteIfExists(part);
        }
    }

    void withTree(Unit unit, InstancePlan plan, Consumer<Path> use) throws IOException {
        Qcow2 header = whole(unit);
        release(unit);
        Files.deleteIfExists(unit.raw());
        Files.createDirectories(unit.tree());
        try {
            try (RandomAccessFile raw = new RandomAccessFile(unit.raw().toFile(), "rw")) {
                raw.setLength(header.size());
            }
            give(unit.raw(), plan);
            String backing = header.layered()
                    ? "{\"driver\":\"raw\",\"file\":{\"driver\":\"file\",\"filename\":\"/proc/self/fd/"
                            + QemuArguments.BASE + "\"}}"
                    : "null";
            String source = "json:{\"driver\":\"qcow2\",\"file\":{\"driver\":\"file\",\"filename\":\"" + unit.disk()
                    + "\"},\"backing\":" + backing + "}";
            Map<Integer, Path> files = header.layered() ? Map.of(QemuArguments.BASE, base(plan)) : Map.of();
            new Launcher(plan.slice().ids().first(), OptionalLong.empty(), files)
                    .run(
                            PATIENCE,
                            List.of(
                                    "qemu-img",
                                    "convert",
                                    "-n",
                                    "-O",
                                    "raw",
                                    source,
                                    unit.raw().toString()));
            bases.withTree(unit.raw(), unit.tree(), use);
        } finally {
            release(unit);
            Files.deleteIfExists(unit.raw());
        }
    }

    /** Takes away what an interrupted conversion left mounted. */
    void release(Unit unit) {
        Mounts.unmount(unit.tree());
    }

    /** The disk's header; refuses a disk whose data would be in a file of its own choice. */
    Qcow2 whole(Unit unit) {
        Qcow2 header = read(unit.disk());
        if (header.external()) {
            throw Refusal.conflict("disk", "the root disk is damaged: it names another file for its data");
        }
        return header;
    }

    private static Qcow2 read(Path file) {
        ByteBuffer header = ByteBuffer.allocate(Qcow2.HEADER);
        try (FileChannel channel = FileChannel.open(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
            while (header.hasRemaining() && channel.read(header) >= 0) {}
        } catch (IOException e) {
            throw Refusal.unavailable("the disk " + file + " cannot be read: " + e.getMessage());
        }
        return Qcow2.parse(header.flip())
                .orElseThrow(() -> Refusal.conflict("disk", "the root disk is damaged: it is no qcow2 file"));
    }

    Path base(InstancePlan plan) {
        return switch (plan.root()) {
            case Root.Tree tree -> bases.base(tree);
            case Root.Disk disk -> disk.file();
        };
    }

    private static void directory(Unit unit, InstancePlan plan) throws IOException {
        Files.createDirectories(unit.directory());
        Inodes.lchown(unit.directory(), 0, plan.slice().ids().first());
        Inodes.chmod(unit.directory(), PASS_FOR_GROUP);
    }

    static void give(Path file, InstancePlan plan) {
        Inodes.chmod(file, OWNER_ALONE);
        Inodes.lchown(file, plan.slice().ids().first(), plan.slice().ids().first());
    }

    /** Empties a log that the guest can make QEMU fill. */
    static void cut(Path log) {
        try (FileChannel channel = FileChannel.open(log, Set.of(StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS))) {
            if (channel.size() > LONGEST_LOG) {
                channel.truncate(0);
            }
        } catch (NoSuchFileException e) {
            return; // it was never started
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void image(String... arguments) {
        List<String> command = new ArrayList<>(List.of("qemu-img"));
        command.addAll(List.of(arguments));
        Command.Result result = Command.run(PATIENCE, command);
        if (!result.ok()) {
            throw Launcher.failure("the root disk cannot be made: " + result.lastLine());
        }
    }
}
