package io.lamella.model;

import io.avaje.jsonb.Json;
import java.time.Instant;

/**
 * A name for a root file system in the image store. Several names may stand for one content.
 *
 * @param digest {@code sha256:} and 64 hexadecimal digits: of the archive's bytes, or of an OCI image's manifest
 * @param format {@code tar}, {@code oci} or {@code disk}
 * @param size the unpacked size in bytes
 * @param files how many files, directories and links
 * @param devicesLeftOut device nodes below /dev in the archive, which every backend makes itself
 */
@Json
public record Image(
        String name, String digest, String format, long size, long files, long devicesLeftOut, Instant createdAt) {}
