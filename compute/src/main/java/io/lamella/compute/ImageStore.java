package io.lamella.compute;

import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The content of images on disk, by digest. Any thread. Nothing half-made is left where a method throws. */
public interface ImageStore {
    /**
     * Reads an archive to its end, verifies and unpacks it.
     *
     * @param archive a root file system as tar, or an OCI image layout as tar; plain or compressed by gzip, xz or zstd
     * @param sha256 what the archive's bytes must hash to, 64 hexadecimal digits
     * @param size the archive's length in bytes, or -1
     */
    Content unpack(InputStream archive, Optional<String> sha256, long size, Progress progress);

    /** The recipes that {@link #build} knows. */
    List<String> recipes();

    Content build(String recipe, Progress progress);

    Root root(String digest);

    boolean contains(String digest);

    void delete(String digest);

    /** Removes everything but {@code digests}, and what an interrupted unpacking left. */
    void reconcile(Set<String> digests);

    /** What was unpacked; the fields are those of {@link io.lamella.model.Image}. */
    record Content(String digest, String format, long size, long files, long devicesLeftOut) {}
}
