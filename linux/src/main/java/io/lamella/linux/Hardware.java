package io.lamella.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
