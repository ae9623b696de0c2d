package io.lamella.compute;

import java.nio.file.Path;

/** What an image is on the node's disk; read-only, and open to root alone. */
public sealed interface Root {
    /** A directory that is deleted with the image, for what backends make of it. It need not exist yet. */
    Path derived();

    /** @param directory a root file system, owned by the ids in its archive */
    record Tree(Path directory, Path derived) implements Root {}

    /** @param file a bootable disk, raw or qcow2 */
    record Disk(Path file, Path derived) implements Root {}
}
