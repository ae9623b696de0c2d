package io.lamella.guest;

import io.lamella.compute.Root;
import io.lamella.model.Refusal;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A Linux kernel that virtual machines boot.
 *
 * @param file its image, {@code vmlinuz-RELEASE}
 * @param modules its directory {@code lib/modules/RELEASE}; absent where everything is built in
 */
public record GuestKernel(Path file, Optional<Path> modules) {
    private static final String IMAGE = "vmlinuz";

    public String release() {
        String name = String.valueOf(file.getFileName());
        return name.startsWith(IMAGE + "-") ? name.substring(IMAGE.length() + 1) : name;
    }

    /** The image's own kernel where it has one, the newest of several, otherwise the node's. */
    public static GuestKernel of(Root.Tree image, Optional<GuestKernel> nodes) {
        return newest(image.directory()).or(() -> nodes).orElseThrow(() -> Refusal.conflict("image", missing()));
    }

    /** The sentence that says what to do where there is no kernel at all. */
    public static String missing() {
        return "there is no kernel for a virtual machine: the image has no /boot/vmlinuz*, the node has none either, and"
                + " guestKernel in the node's configuration names none";
    }

    /** The newest kernel in a root file system; nothing outside it is looked at, whatever its links say. */
    public static Optional<GuestKernel> newest(Path rootfs) {
        Path boot = rootfs.resolve("boot");
        if (!Files.isDirectory(boot, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(boot, IMAGE + "*")) {
            for (Path file : files) {
                if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && Files.size(file) > 0) {
                    found.add(file);
                }
            }
        } catch (IOException e) {
            return Optional.empty();
        }
        return found.stream()
                .max(Comparator.comparing(Path::toString, GuestKernel::compare))
                .map(GuestKernel::at);
    }

    /** The kernel in a file, with the modules of its release in the tree above its directory. */
    public static GuestKernel at(Path file) {
        GuestKernel bare = new GuestKernel(file, Optional.empty());
        Path top = Optional.ofNullable(file.toAbsolutePath().getParent())
                .map(Path::getParent)
                .orElse(Path.of("/"));
        return new GuestKernel(
                file,
                List.of("lib", "usr/lib").stream()
                        .map(lib -> top.resolve(lib).resolve("modules").resolve(bare.release()))
                        .filter(Files::isDirectory)
                        .findFirst());
    }

    /** Versions by their numbers: 6.1.0-9 is older than 6.1.0-10. */
    static int compare(String one, String other) {
        List<String> left = parts(one);
        List<String> right = parts(other);
        for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
            String a = left.get(i);
            String b = right.get(i);
            boolean numbers = Character.isDigit(a.charAt(0)) && Character.isDigit(b.charAt(0));
            int order = numbers && a.length() != b.length() ? a.length() - b.length() : a.compareTo(b);
            if (order != 0) {
                return order;
            }
        }
        return left.size() - right.size();
    }

    private static List<String> parts(String text) {
        return Arrays.stream(text.split("(?<=\\d)(?=\\D)|(?<=\\D)(?=\\d)"))
                .map(part -> part.replaceFirst("^0+(?=\\d)", ""))
                .toList();
    }
}
