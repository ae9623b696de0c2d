package io.lamella.image;

import io.lamella.compute.ImageStore.Content;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** A directory in which one image is made; unless it was published, nothing of it is left once it is closed. */
final class Staging implements AutoCloseable {
    static final String PREFIX = ".staging-";
    static final String ROOTFS = "rootfs";
    static final String DISK = "disk";
    static final String METADATA = "image.json";

    private final Path directory;

    Staging(Path store) {
        try {
            directory = Files.createTempDirectory(store, PREFIX); // mode 0700
            Files.createDirectory(rootfs());
            Files.createDirectory(workspace());
        } catch (IOException e) {
            throw Storage.refusal("make a directory in " + store, e);
        }
    }

    Path directory() {
        return directory;
    }

    Path rootfs() {
        return directory.resolve(ROOTFS);
    }

    /** The disk, where the image is one. */
    Path disk() {
        return directory.resolve(DISK);
    }

    /** For what is needed on the way only: blobs of an OCI image, a build's intermediate files. */
    Path workspace() {
        return directory.resolve("workspace");
    }

    /** How long the path of the root file system will be, in bytes. */
    int finalPathBytes() {
        Path rootfs = directory.resolveSibling("0".repeat(64)).resolve(ROOTFS);
        return rootfs.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
    }

    /** Adds the metadata and makes all of it durable. */
    void seal(Content content) {
        Disk.deleteTree(workspace());
        try (FileChannel file = FileChannel.open(
                directory.resolve(METADATA), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(Metadata.write(content));
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
        } catch (IOException e) {
            throw Storage.refusal("write the image's metadata", e);
        }
        Disk.flush(directory);
    }

    /** Makes what was sealed visible as {@code target}, which must not exist, in one step. */
    void publish(Path target) {
        try {
            Files.move(directory, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw Storage.refusal("keep the image", e);
        }
        Disk.flushDirectory(target.resolveSibling("."));
    }

    @Override
    public void close() {
        Disk.deleteTree(directory);
    }
}
