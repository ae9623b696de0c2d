package io.lamella.compute;

import io.lamella.model.Firmware;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The content of images on disk, by digest. Any thread. Nothing half-made is left where a method throws. */
public interface ImageStore {
    /**
     * Reads an archive or a disk to its end, verifies it and unpacks it.
     *
     * @param archive a root file system as tar, an OCI image layout as tar, or a disk, raw or qcow2; plain or compressed by
     *     gzip, xz or zstd
     * @param sha256 what the archive's bytes must hash to, 64 hexadecimal digits
     * @param size the archive's length in bytes, or -1
     * @param firmware what boots the disk; absent: what the disk looks like
     */
    Content unpack(
            InputStream archive, Optional<String> sha256, long size, Optional<Firmware> firmware, Progress progress);

    /** The recipes that {@link #build} knows. */
    List<String> recipes();

    Content build(String recipe, Progress progress);

    Root root(String digest);

    boolean contains(String digest);

    void delete(String digest);

    /** Removes everything but {@code digests}, and what an interrupted unpacking left. */
    void reconcile(Set<String> digests);

    /** What was unpacked; the fields are those of {@link io.lamella.model.Image}. */
    record Content(
            String digest, String format, long size, long files, long devicesLeftOut, Optional<Firmware> firmware) {
        /** Content that is no disk. */
        public Content(String digest, String format, long size, long files, long devicesLeftOut) {
            this(digest, format, size, files, devicesLeftOut, Optional.empty());
        }
    }
}
