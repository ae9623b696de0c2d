package io.lamella.image;

import java.util.Map;
import java.util.Optional;

/**
 * What an OCI image points to another blob with (OCI image specification, "Content Descriptors").
 *
 * @param hex the sha256 of its content, 64 hexadecimal digits
 * @param size its length in bytes
 * @param platform {@code linux/amd64}, where the descriptor says it
 */
record OciDescriptor(
        String mediaType, String hex, long size, Optional<String> platform, Map<String, Object> annotations) {
    static OciDescriptor of(Map<String, Object> json) {
        String digest = OciJson.text(json, "digest");
        if (!digest.startsWith("sha256:") || !Digests.isHex(digest.substring(7))) {
            throw Names.refused("the digest " + Names.shown(digest) + " in it is not of the form sha256:...");
        }
        return new OciDescriptor(
                OciJson.textOr(json, "mediaType", ""),
                digest.substring(7),
                OciJson.number(json, "size"),
                OciJson.child(json, "platform").map(p -> OciJson.text(p, "os") + "/" + OciJson.text(p, "architecture")),
                OciJson.child(json, "annotations").orElse(Map.of()));
    }

    boolean isIndex() {
        return mediaType.endsWith("image.index.v1+json") || mediaType.endsWith("manifest.list.v2+json");
    }

    boolean isManifest() {
        return mediaType.isEmpty()
                || mediaType.endsWith("image.manifest.v1+json")
                || mediaType.endsWith("distribution.manifest.v2+json");
    }

    boolean isLayer() {
        return mediaType.startsWith("application/vnd.oci.image.layer.") && !mediaType.contains("+encrypted")
                || mediaType.startsWith("application/vnd.docker.image.rootfs.");
    }

    /** Attestations and signatures sit beside images and are marked by a platform that does not exist. */
    boolean isImage() {
        return !platform.equals(Optional.of("unknown/unknown")) && (isManifest() || isIndex());
    }
}
