package io.lamella.guest;

import io.lamella.model.Refusal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * The modules of a kernel, in the order in which they can be loaded. What a module depends on is read from the module
 * itself (modinfo(8)): modules.dep exists only where depmod has run.
 */
final class Modules {
    private static final int LARGEST = 64 << 20;
    private static final int XZ_MEMORY_KIB = 160 * 1024;

    private final GuestKernel kernel;
    private final Map<String, Path> files = new HashMap<>();
    private final Set<String> builtIn = new HashSet<>();
    private final Map<String, byte[]> ordered = new LinkedHashMap<>();

    private Modules(GuestKernel kernel, Path directory) throws IOException {
        this.kernel = kernel;
        try (Stream<Path> all = Files.walk(directory)) {
            all.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .forEach(file -> name(file).ifPresent(name -> files.put(name, file)));
        }
        Path list = directory.resolve("modules.builtin");
        if (Files.isRegularFile(list, LinkOption.NOFOLLOW_LINKS)) {
            Files.readString(list).lines().forEach(line -> name(Path.of(line)).ifPresent(builtIn::add));
        }
    }

    /**
     * The modules that a bus needs with all that they depend on, by file name {@code NAME.ko}, each after those that it
     * depends on. Empty where the kernel has no directory of modules: then everything must be built in.
     */
    static Map<String, byte[]> of(GuestKernel kernel, Bus bus) {
        if (kernel.modules().isEmpty()) {
            return Map.of();
        }
        try {
            Modules modules = new Modules(kernel, kernel.modules().get());
            for (String needed : bus.needed()) {
                if (!modules.add(needed)) {
                    throw Refusal.conflict(
                            "image",
                            "the kernel " + kernel.release() + " has no driver " + needed
                                    + ", which a virtual machine needs");
                }
            }
            bus.useful().forEach(modules::add);
            return modules.ordered;
        } catch (IOException e) {
            throw Refusal.unavailable(
                    "the modules of kernel " + kernel.release() + " cannot be read: " + e.getMessage());
        }
    }

    /** Whether the kernel has it. */
    private boolean add(String name) {
        String file = name + ".ko";
        if (ordered.containsKey(file) || builtIn.contains(name)) {
            return true;
        }
        Path path = files.get(name);
        if (path == null) {
            return false;
        }
        byte[] module = read(path);
        dependencies(module).forEach(this::add);
        ordered.put(file, module);
        return true;
    }

    /** The kernel takes {@code -} and {@code _} in a module's name as the same. */
    private static Optional<String> name(Path file) {
        String name = String.valueOf(file.getFileName());
        int end = name.indexOf(".ko");
        return end <= 0 ? Optional.empty() : Optional.of(name.substring(0, end).replace('-', '_'));
    }

    private byte[] read(Path file) {
        String name = file.toString();
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(LARGEST);
            if (name.endsWith(".ko")) {
                return bytes;
            }
            InputStream packed = new ByteArrayInputStream(bytes);
            if (name.endsWith(".gz")) {
                return new GZIPInputStream(packed).readNBytes(LARGEST);
            }
            if (name.endsWith(".xz")) {
                return new XZInputStream(packed, XZ_MEMORY_KIB).readNBytes(LARGEST);
            }
            if (name.endsWith(".zst")) {
                return zstd(file);
            }
            throw new IOException("its compression is not known");
        } catch (IOException e) {
            throw Refusal.unavailable(
                    "the module " + file + " of kernel " + kernel.release() + " cannot be read: " + e.getMessage());
        }
    }

    private static byte[] zstd(Path file) throws IOException {
        Process zstd = new ProcessBuilder("zstd", "-dcq", file.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (InputStream out = zstd.getInputStream()) {
            return out.readNBytes(LARGEST);
        } finally {
            zstd.destroyForcibly();
        }
    }

    /** The names in the module's {@code depends=} (kernel, scripts/mod/modpost.c). */
    static List<String> dependencies(byte[] module) {
        byte[] key = "\0depends=".getBytes(StandardCharsets.US_ASCII);
        for (int at = 0; at <= module.length - key.length; at++) {
            if (matches(module, at, key)) {
                int end = at + key.length;
                while (end < module.length && module[end] != 0) {
                    end++;
                }
                String names = new String(module, at + key.length, end - at - key.length, StandardCharsets.US_ASCII);
                return Stream.of(names.split(","))
                        .map(name -> name.replace('-', '_'))
                        .filter(name -> name.matches("[A-Za-z0-9_]{1,64}"))
                        .toList();
            }
        }
        return List.of();
    }

    private static boolean matches(byte[] bytes, int at, byte[] key) {
        for (int i = 0; i < key.length; i++) {
            if (bytes[at + i] != key[i]) {
                return false;
            }
        }
        return true;
    }
}
