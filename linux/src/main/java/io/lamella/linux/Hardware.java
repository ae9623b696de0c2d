package io.lamella.linux;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** What the machine has, read from /proc and /sys. */
public final class Hardware {
    private Hardware() {}

    /** The online CPUs as a cpulist (kernel Documentation/admin-guide/cputopology.rst). */
    public static String onlineCpus() {
        return read(Path.of("/sys/devices/system/cpu/online"));
    }

    /** All memory, in bytes (proc_meminfo(5), MemTotal). */
    public static long memoryBytes() {
        return meminfo("MemTotal:");
    }

    /** What can be allocated without swapping, in bytes (MemAvailable). */
    public static long availableMemoryBytes() {
        return meminfo("MemAvailable:");
    }

    public static String kernelRelease() {
        return read(Path.of("/proc/sys/kernel/osrelease"));
    }

    /** The machine's architecture as uname(1) writes it: {@code x86_64}, {@code aarch64}. */
    public static String architecture() {
        String name = System.getProperty("os.arch", "");
        return name.equals("amd64") ? "x86_64" : name;
    }

    /** A number that is another one after each boot. */
    public static String bootId() {
        return read(Path.of("/proc/sys/kernel/random/boot_id"));
    }

    /**
     * A name that only this machine has, and by which nobody can find the machine: what machine-id(5) allows others to
     * see of it. Empty where the machine has none.
     */
    public static String machine() {
        try {
            String id = Files.readString(Path.of("/etc/machine-id")).strip();
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(("lamella" + id).getBytes(UTF_8));
            return id.isEmpty() ? "" : HexFormat.of().formatHex(hash, 0, 8);
        } catch (IOException e) {
            return "";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }

    /** The processor's model as the kernel names it, and how many CPUs are online. */
    public static String processor() {
        long cpus = 0;
        String model = architecture();
        try {
            for (String line : Files.readAllLines(Path.of("/proc/cpuinfo"), ISO_8859_1)) {
                cpus += line.startsWith("processor") ? 1 : 0;
                model = line.startsWith("model name")
                        ? line.substring(line.indexOf(':') + 1).strip()
                        : model;
            }
        } catch (IOException e) {
            throw new LinuxException("reading /proc/cpuinfo", e);
        }
        return cpus + " x " + model;
    }

    private static long meminfo(String key) {
        try {
            List<String> lines = Files.readAllLines(Path.of("/proc/meminfo"));
            for (String line : lines) {
                if (line.startsWith(key)) {
                    return Long.parseLong(line.substring(key.length())
                                    .replace("kB", "")
                                    .strip())
                            * 1024;
                }
            }
        } catch (IOException e) {
            throw new LinuxException("reading /proc/meminfo", e);
        }
        throw new LinuxException("reading " + key + " of /proc/meminfo", Errno.ENOENT);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new LinuxException("reading " + file, e);
        }
    }
}
