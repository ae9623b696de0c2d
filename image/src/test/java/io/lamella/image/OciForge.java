package io.lamella.image;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes OCI image layouts, sound or not. */
final class OciForge {
    static final String LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";
    static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    static final String INDEX = "application/vnd.oci.image.index.v1+json";

    final Map<String, byte[]> blobs = new LinkedHashMap<>();

    String blob(byte[] content) {
        String hex = hex(content);
        blobs.put(hex, content);
        return hex;
    }

    static String hex(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /** A descriptor of a blob; {@code more} are further members, each with a leading comma. */
    String descriptor(String type, String hex, String more) {
        return "{\"mediaType\":\"" + type + "\",\"digest\":\"sha256:" + hex + "\",\"size\":"
                + java.util.Objects.requireNonNull(blobs.get(hex)).length + more + "}";
    }

    /** Adds a manifest over {@code layers} and returns its descriptor. */
    String image(String architecture, String more, byte[]... layers) {
        String config =
                blob(("{\"os\":\"linux\",\"architecture\":\"" + architecture + "\"}").getBytes(StandardCharsets.UTF_8));
        List<String> descriptors = new java.util.ArrayList<>();
        for (byte[] layer : layers) {
            descriptors.add(descriptor(LAYER, blob(layer), ""));
        }
        String manifest = "{\"schemaVersion\":2,\"config\":"
                + descriptor("application/vnd.oci.image.config.v1+json", config, "") + ",\"layers\":["
                + String.join(",", descriptors) + "]}";
        return descriptor(MANIFEST, blob(manifest.getBytes(StandardCharsets.UTF_8)), more);
    }

    static String platform(String architecture) {
        return ",\"platform\":{\"os\":\"linux\",\"architecture\":\"" + architecture + "\"}";
    }

    static String index(String... descriptors) {
        return "{\"schemaVersion\":2,\"manifests\":[" + String.join(",", descriptors) + "]}";
    }

    byte[] tar(String index) {
        TarForge tar = new TarForge().directory("blobs/").directory("blobs/sha256/");
        blobs.forEach((hex, content) -> tar.file("blobs/sha256/" + hex, content));
        return tar.file("index.json", index)
                .file("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}")
                .bytes();
    }
}
