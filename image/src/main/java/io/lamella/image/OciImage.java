package io.lamella.image;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * The image in a layout that fits this node.
 *
 * @param digest of the manifest
 * @param layers lowest first
 */
record OciImage(String digest, List<OciDescriptor> layers) {
    private static final String REFERENCE = "org.opencontainers.image.ref.name";
    private static final int INDEXES = 16;
    private static final int LAYERS = 512;

    OciImage {
        layers = List.copyOf(layers);
    }

    /**
     * Follows the index to the one image for Linux on {@code architecture}.
     *
     * @param documents a descriptor's verified content; empty where it is longer than documents are allowed to be
     */
    static OciImage select(byte[] index, String architecture, Function<OciDescriptor, Optional<byte[]>> documents) {
        Map<String, OciDescriptor> manifests = new LinkedHashMap<>();
        List<OciDescriptor> pending = new ArrayList<>(manifests(OciJson.parse(index, "index.json")));
        for (int indexes = 0; !pending.isEmpty(); ) {
            OciDescriptor next = pending.removeFirst();
            if (!next.isIndex()) {
                manifests.putIfAbsent(next.hex(), next);
            } else if (++indexes > INDEXES) {
                throw Names.refused("it has more than " + INDEXES + " indexes");
            } else {
                pending.addAll(manifests(document(next, "index", documents)));
            }
        }
        String wanted = "linux/" + architecture;
        Map<String, OciImage> fitting = new LinkedHashMap<>();
        TreeSet<String> found = new TreeSet<>();
        TreeSet<String> references = new TreeSet<>();
        for (OciDescriptor descriptor : manifests.values()) {
            if (descriptor.platform().isPresent()
                    && !descriptor.platform().get().equals(wanted)) {
                found.add(descriptor.platform().get());
                continue;
            }
            Map<String, Object> manifest = document(descriptor, "manifest", documents);
            String platform = platform(manifest, documents);
            found.add(platform);
            if (platform.equals(wanted)) {
                fitting.put(descriptor.hex(), new OciImage("sha256:" + descriptor.hex(), layers(manifest)));
                references.add(String.valueOf(descriptor.annotations().getOrDefault(REFERENCE, descriptor.hex())));
            }
        }
        if (fitting.isEmpty()) {
            throw Names.refused("it has no image for " + wanted + ", but "
                    + (found.isEmpty() ? "none at all" : "for " + Names.shown(String.join(", ", found))));
        }
        if (fitting.size() > 1) {
            throw Names.refused("it has several images for " + wanted + ", and one is needed: "
                    + Names.shown(String.join(", ", references)));
        }
        return fitting.values().iterator().next();
    }

    private static List<OciDescriptor> manifests(Map<String, Object> index) {
        List<Map<String, Object>> all = OciJson.children(index, "manifests");
        if (all.size() > 1024) {
            throw Names.refused("its index has more than 1024 manifests");
        }
        return all.stream()
                .map(OciDescriptor::of)
                .filter(OciDescriptor::isImage)
                .toList();
    }

    private static String platform(Map<String, Object> manifest, Function<OciDescriptor, Optional<byte[]>> documents) {
        OciDescriptor config = OciDescriptor.of(OciJson.child(manifest, "config")
                .orElseThrow(() -> Names.refused("its manifest has no configuration")));
        Map<String, Object> configuration = document(config, "configuration", documents);
        return OciJson.textOr(configuration, "os", "unknown") + "/"
                + OciJson.textOr(configuration, "architecture", "unknown");
    }

    private static List<OciDescriptor> layers(Map<String, Object> manifest) {
        List<OciDescriptor> layers = OciJson.children(manifest, "layers").stream()
                .map(OciDescriptor::of)
                .toList();
        if (layers.isEmpty() || layers.size() > LAYERS) {
            throw Names.refused("it has " + layers.size() + " layers; 1 to " + LAYERS + " are allowed");
        }
        for (OciDescriptor layer : layers) {
            if (!layer.isLayer()) {
                throw Names.refused(
                        "its layer " + layer.hex() + " is of the unknown type " + Names.shown(layer.mediaType()));
            }
        }
        return layers;
    }

    private static Map<String, Object> document(
            OciDescriptor descriptor, String what, Function<OciDescriptor, Optional<byte[]>> documents) {
        return OciJson.parse(
                documents.apply(descriptor).orElseThrow(() -> Names.refused("its " + what + " is longer than 4 MiB")),
                what);
    }

    /** The node's architecture as Go and with it OCI call it. */
    static String architecture() {
        String name = System.getProperty("os.arch", "");
        return switch (name) {
            case "aarch64" -> "arm64";
            case "x86_64" -> "amd64";
            case "i386", "x86" -> "386";
            default -> name;
        };
    }
}
