package io.lamella.guest;

import io.lamella.linux.Command;
import io.lamella.linux.Inodes;
import io.lamella.model.Refusal;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Makes the first file system of virtual machines: the node's static busybox, the kernel modules for the root disk and
 * the network, and our first program and agent. One for each kernel and bus, kept in a directory that may be emptied.
 */
public final class Initramfs {
    private static final Path BUSYBOX = Path.of("/bin/busybox");
    private static final List<String> SCRIPTS = List.of("init.sh", "port.sh", "agent.sh");
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Path directory;

    public Initramfs(Path directory) {
        this.directory = directory;
    }

    /** The file for this kernel; made where it is missing. Refuses a kernel without a driver that the bus needs. */
    public Path of(GuestKernel kernel, Bus bus) {
        try {
            byte[] busybox = busybox();
            Map<String, byte[]> scripts = new TreeMap<>();
            for (String script : SCRIPTS) {
                scripts.put(script, resource(script));
            }
            Path file = directory.resolve("initrd-" + identity(kernel, bus, busybox, scripts));
            synchronized (this) {
                if (!Files.exists(file)) {
                    make(file, busybox, scripts, Modules.of(kernel, bus));
                }
            }
            return file;
        } catch (IOException e) {
            throw Refusal.unavailable("the first file system of a virtual machine cannot be made: " + e.getMessage());
        }
    }

    /** The kernel's file, or a copy that every user may read where it is root's alone: the hypervisor is not root. */
    public Path readable(GuestKernel kernel) {
        try {
            if (Files.getPosixFilePermissions(kernel.file()).contains(PosixFilePermission.OTHERS_READ)) {
                return kernel.file();
            }
            Files.createDirectories(directory);
            Path copy = directory.resolve("vmlinuz-" + kernel.release());
            Path part = Files.createTempFile(directory, ".vmlinuz-", "");
            Files.copy(kernel.file(), part, StandardCopyOption.REPLACE_EXISTING);
            Inodes.chmod(part, 0444);
            return Files.move(part, copy, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw Refusal.unavailable("the kernel " + kernel.file() + " cannot be read: " + e.getMessage());
        }
    }

    private static byte[] busybox() throws IOException {
        if (!Files.isExecutable(BUSYBOX)) {
            throw Refusal.unavailable(
                    "the program " + BUSYBOX + " is missing: install the Debian package busybox-static");
        }
        return Files.readAllBytes(BUSYBOX);
    }

    private void make(Path file, byte[] busybox, Map<String, byte[]> scripts, Map<String, byte[]> modules)
            throws IOException {
        Files.createDirectories(directory);
        Path part = Files.createTempFile(directory, ".initrd-", "");
        try {
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(part))) {
                Cpio cpio = new Cpio(out);
                for (String name : List.of("bin", "dev", "proc", "sys", "root", "modules", "agent")) {
                    cpio.directory(name);
                }
                cpio.device("dev/console", 5, 1);
                cpio.file("bin/busybox", 0755, busybox);
                for (String applet : applets()) {
                    cpio.link("bin/" + applet, "busybox");
                }
                cpio.file("init", 0755, scripts.getOrDefault("init.sh", new byte[0]));
                cpio.file("port.sh", 0644, scripts.getOrDefault("port.sh", new byte[0]));
                cpio.file("agent.sh", 0644, scripts.getOrDefault("agent.sh", new byte[0]));
                cpio.file(
                        "modules/order",
                        0644,
                        String.join("\n", modules.keySet()).concat("\n").getBytes(StandardCharsets.US_ASCII));
                for (var module : modules.entrySet()) {
                    cpio.file("modules/" + module.getKey(), 0644, module.getValue());
                }
                cpio.end();
            }
            Inodes.chmod(part, 0444);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private static List<String> applets() {
        return Command.run(PATIENCE, List.of(BUSYBOX.toString(), "--list"))
                .output()
                .lines()
                .filter(applet -> !applet.equals("busybox") && applet.matches("[A-Za-z0-9._\\[-]+"))
                .toList();
    }

    /** Changes with anything that the file is made of. */
    private static String identity(GuestKernel kernel, Bus bus, byte[] busybox, Map<String, byte[]> scripts)
            throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            String source = kernel.file() + "\n" + kernel.modules() + "\n" + Files.getLastModifiedTime(kernel.file())
                    + "\n" + bus;
            digest.update(source.getBytes(StandardCharsets.UTF_8));
            digest.update(busybox);
            scripts.values().forEach(digest::update);
            return HexFormat.of().formatHex(digest.digest(), 0, 12);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] resource(String name) {
        try (InputStream in = Initramfs.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
