package io.lamella.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The IPv4 addresses of a network namespace, read from the routing table that the kernel shows in /proc/PID/net/fib_trie:
 * an address that is configured has a leaf with a local /32 host route.
 */
public final class FibTrie {
    private FibTrie() {}

    /**
     * The addresses in the network namespace of {@code pid}, in dotted decimal notation, loopback left out; empty where
     * the process is gone.
     */
    public static List<String> localAddresses(int pid) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/net/fib_trie"))) {
            return parse(lines);
        } catch (IOException | java.io.UncheckedIOException e) {
            return List.of();
        }
    }

    static List<String> parse(Stream<String> lines) {
        Set<String> found = new LinkedHashSet<>();
        String[] leaf = {""};
        lines.map(String::strip).forEach(line -> {
            if (line.startsWith("|-- ")) {
                leaf[0] = line.substring(4);
            } else if (line.startsWith("/32 host LOCAL") && !leaf[0].startsWith("127.")) {
                found.add(leaf[0]);
            }
        });
        return List.copyOf(found);
    }
}
