package io.lamella.image;

import io.lamella.compute.ImageStore.Content;
import io.lamella.compute.Progress;
import io.lamella.model.Firmware;
import io.lamella.model.Refusal;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** One archive or disk on its way into a staging directory. */
final class Unpacking {
    private static final List<String> ROOT_MARKS = List.of("bin", "sbin", "usr", "etc");

    private final Staging staging;
    private final ImageLimits limits;
    private final Progress progress;
    private final Optional<Firmware> firmware;
    private final Function<String, Optional<Content>> known;
    private final Tree tree;

    /**
     * @param firmware what boots a disk, where that is not left to the disk
     * @param known the content of a digest where the store has it already, so that its layers need no unpacking
     */
    Unpacking(
            Staging staging,
            ImageLimits limits,
            Progress progress,
            Optional<Firmware> firmware,
            Function<String, Optional<Content>> known) {
        this.staging = staging;
        this.limits = limits;
        this.progress = progress;
        this.firmware = firmware;
        this.known = known;
        this.tree = new Tree(staging.rootfs(), staging.finalPathBytes(), limits);
    }

    /** Reads {@code source} to its end, in one pass, and refuses it unless its digest is the expected one. */
    Content run(Source source, Optional<String> expected) {
        try (Expanded expanded = new Expanded(source, limits)) {
            BufferedInputStream content = new BufferedInputStream(expanded, 1 << 16);
            content.mark(BootSector.SECTOR);
            byte[] start = content.readNBytes(BootSector.SECTOR);
            content.reset();
            if (DiskImage.begins(start)) {
                Disk.deleteTree(staging.rootfs());
                DiskImage.write(content, staging.disk(), limits.bytes());
                String digest = source.finish();
                verify(digest, expected);
                return DiskImage.inspect(staging.disk(), digest, firmware);
            }
            if (firmware.isPresent()) {
                throw Refusal.invalid("firmware", "firmware is for disk images, and this is a root file system");
            }
            TarReader reader = new TarReader(content);
            Optional<TarEntry> entry = reader.next();
            while (entry.isPresent() && isRoot(entry.get())) {
                tree.add(entry.get(), reader);
                entry = reader.next();
            }
            if (entry.isPresent() && OciSpool.begins(entry.get())) {
                OciSpool spool = new OciSpool(staging.workspace(), limits);
                for (; entry.isPresent(); entry = reader.next()) {
                    spool.add(entry.get(), reader);
                }
                expanded.drain();
                verify(source.finish(), expected);
                return unpackLayers(spool);
            }
            for (; entry.isPresent(); entry = reader.next()) {
                tree.add(entry.get(), reader);
            }
            expanded.drain();
            String digest = source.finish();
            verify(digest, expected);
            if (ROOT_MARKS.stream().noneMatch(tree::has)) {
                throw Names.refused("it is not a root file system: it has none of /bin, /sbin, /usr and /etc");
            }
            return finished(digest, "tar");
        } catch (IOException e) {
            throw new IllegalStateException(e); // the source and what expands it never throw it
        }
    }

    static void verify(String digest, Optional<String> expected) {
        if (expected.isPresent() && !expected.get().equals(digest)) {
            throw Refusal.invalid(
                    "sha256",
                    "the archive is not the expected one: its digest is " + digest + " instead of " + expected.get());
        }
    }

    private static boolean isRoot(TarEntry entry) {
        return entry.kind() == TarEntry.Kind.DIRECTORY
                && Names.safe(entry.name(), 4096).isEmpty();
    }

    private Content unpackLayers(OciSpool spool) {
        OciImage image = OciImage.select(spool.index(), OciImage.architecture(), spool::document);
        Optional<Content> present = known.apply(image.digest());
        if (present.isPresent()) {
            return present.get();
        }
        int number = 0;
        for (OciDescriptor layer : image.layers()) {
            String step =
                    "unpacking layer " + ++number + " of " + image.layers().size();
            Path blob = spool.blob(layer);
            if (number > 1) {
                walk(blob, layer.size(), step, (entry, data) -> {
                    if (Whiteouts.isMark(entry)) {
                        Whiteouts.apply(entry, tree);
                    }
                });
            }
            walk(blob, layer.size(), step, (entry, data) -> {
                if (Whiteouts.isMark(entry)) {
                    tree.count();
                } else {
                    tree.add(entry, data);
                }
            });
        }
        return finished(image.digest(), "oci");
    }

    @FunctionalInterface
    private interface Visitor {
        void visit(TarEntry entry, TarReader data);
    }

    /**
     * A layer's marks hold for the layers below it only, wherever they stand in it: so it is walked once for them and
     * once for the rest, rather than keeping in memory what it brought.
     */
    private void walk(Path blob, long size, String step, Visitor visitor) {
        try (InputStream file = Files.newInputStream(blob);
                Expanded content = new Expanded(new Source(file, size, step, progress), limits)) {
            TarReader reader = new TarReader(content);
            for (Optional<TarEntry> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
                visitor.visit(entry.get(), reader);
            }
            content.drain();
        } catch (IOException e) {
            throw Storage.refusal("read a layer", e);
        }
    }

    private Content finished(String digest, String format) {
        tree.finish();
        return new Content(digest, format, tree.size(), tree.files(), tree.devicesLeftOut());
    }
}
