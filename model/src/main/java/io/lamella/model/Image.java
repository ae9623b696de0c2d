package io.lamella.model;

import io.avaje.jsonb.Json;
import java.time.Instant;
import java.util.Optional;

/**
 * A name for a root file system or a disk in the image store. Several names may stand for one content.
 *
 * @param digest {@code sha256:} and 64 hexadecimal digits: of the archive's or disk's bytes, or of an OCI image's manifest
 * @param format {@code tar}, {@code oci}, {@code qcow2} or {@code raw}; the last two are disks
 * @param size the unpacked size in bytes; of a disk the size that its machine sees
 * @param files how many files, directories and links
 * @param devicesLeftOut device nodes below /dev in the archive, which every backend makes itself
 * @param firmware what boots it, where it is a disk
 */
@Json
public record Image(
        String name,
        String digest,
        String format,
        long size,
        long files,
        long devicesLeftOut,
        Optional<Firmware> firmware,
        Instant createdAt) {
    public Image {
        firmware = Given.optional(firmware);
    }
}
