package io.lamella.image;

import io.lamella.image.TarEntry.Kind;
import io.lamella.model.Refusal;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Takes an OCI image layout out of a tar into a directory, one file a blob, each verified against its name. Blobs may
 * come in any order, so none can be unpacked before the index, often the last of them, is there.
 */
final class OciSpool {
    private static final Pattern FIRST = Pattern.compile(
            "oci-layout|index\\.json|blobs(/.*)?|manifest\\.json|repositories|[0-9a-f]{64}(/.*|\\.json)?");
    private static final String BLOBS = "blobs/sha256/";
    private static final int NAME_LIMIT = 4096;

    private final Path directory;
    private final ImageLimits limits;
    private byte @Nullable [] index;
    private boolean layout;
    private boolean docker;
    private long entries;
    private long bytes;

    OciSpool(Path directory, ImageLimits limits) {
        this.directory = directory;
        this.limits = limits;
    }

    /** Whether an archive that begins with {@code first}, its root apart, is an image rather than a root file system. */
    static boolean begins(TarEntry first) {
        return FIRST.matcher(Names.safe(first.name(), NAME_LIMIT)).matches();
    }

    void add(TarEntry entry, TarReader data) {
        if (++entries > limits.entries()) {
            throw Names.refused("it has more than " + limits.entries() + " entries");
        }
        String name = Names.safe(entry.name(), NAME_LIMIT);
        docker |= name.equals("manifest.json");
        boolean blob = name.startsWith(BLOBS) && Digests.isHex(name.substring(BLOBS.length()));
        boolean known = blob || name.equals("index.json") || name.equals("oci-layout");
        if (!known) {
            return; // the specification lets others put files of their own beside
        }
        if (entry.kind() != Kind.FILE || entry.parts().size() > 1) {
            throw Names.refused(Names.shown(name) + " is no plain file");
        }
        if (blob) {
            store(name.substring(BLOBS.length()), entry, data);
        } else if (name.equals("index.json")) {
            index = data.readAll(name, OciJson.LIMIT);
        } else {
            OciJson.text(OciJson.parse(data.readAll(name, OciJson.LIMIT), name), "imageLayoutVersion");
            layout = true;
        }
    }

    /** The index; refuses what turned out to be no OCI image layout. */
    byte[] index() {
        if (layout && index != null) {
            return index;
        }
        if (docker) {
            throw Names.refused("it was made by an old \"docker save\"; an OCI image layout is needed, as \"skopeo copy"
                    + " docker-archive:IN oci-archive:OUT\" makes it");
        }
        throw Names.refused("it begins like an OCI image layout but has no " + (layout ? "index.json" : "oci-layout"));
    }

    private void store(String hex, TarEntry entry, TarReader data) {
        if (entry.size() > limits.bytes() - bytes) {
            throw Refusal.exhausted("archive", "the archive is refused: its blobs are larger than allowed or free");
        }
        bytes += entry.size();
        Path file = directory.resolve(hex);
        MessageDigest digest = Digests.sha256();
        try (OutputStream out = Files.newOutputStream(file)) {
            byte[] buffer = new byte[1 << 16];
            for (int n = data.read(buffer, 0, buffer.length); n >= 0; n = data.read(buffer, 0, buffer.length)) {
                digest.update(buffer, 0, n);
                out.write(buffer, 0, n);
            }
        } catch (IOException e) {
            throw Storage.refusal("write the blob " + hex, e);
        }
        if (!Digests.text(digest).equals("sha256:" + hex)) {
            throw Names.refused("the blob " + hex + " in it does not have the content that its name promises");
        }
    }

    /** The blob's file, of the size that its descriptor says. */
    Path blob(OciDescriptor descriptor) {
        Path file = directory.resolve(descriptor.hex());
        try {
            if (!Files.exists(file)) {
                throw Names.refused("the blob " + descriptor.hex() + " is missing in it");
            }
            if (Files.size(file) != descriptor.size()) {
                throw Names.refused("the blob " + descriptor.hex() + " in it has " + Files.size(file)
                        + " bytes instead of " + descriptor.size());
            }
            return file;
        } catch (IOException e) {
            throw Storage.refusal("read the blob " + descriptor.hex(), e);
        }
    }

    Optional<byte[]> document(OciDescriptor descriptor) {
        if (descriptor.size() > OciJson.LIMIT) {
            return Optional.empty();
        }
        try {
            return Optional.of(Files.readAllBytes(blob(descriptor)));
        } catch (IOException e) {
            throw Storage.refusal("read the blob " + descriptor.hex(), e);
        }
    }
}
