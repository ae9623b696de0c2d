package io.lamella.compute;

import io.lamella.model.Firmware;
import java.nio.file.Path;
import java.util.Locale;

/** What an image is on the node's disk; read-only, and open to root alone. */
public sealed interface Root {
    /** A directory that is deleted with the image, for what backends make of it. It need not exist yet. */
    Path derived();

    /** @param directory a root file system, owned by the ids in its archive */
    record Tree(Path directory, Path derived) implements Root {}

    /**
     * @param file a bootable disk, laid out as {@code format} says
     * @param firmware what boots it
     */
    record Disk(Path file, Format format, Firmware firmware, Path derived) implements Root {
        /** How a disk lies in its file; the words are QEMU's. */
        public enum Format {
            QCOW2,
            RAW;

            public String word() {
                return name().toLowerCase(Locale.ROOT);
            }
        }
    }
}
