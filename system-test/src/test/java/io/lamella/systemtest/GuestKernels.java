package io.lamella.systemtest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** The kernel that the tests of virtual machines fetch where the machine has none of its own. */
final class GuestKernels {
    private static final Path CACHE = Path.of("/var/cache/lamella-test");
    private static final String FETCH = """
            set -e
            mkdir -p "$0"; cd "$0"; exec 9> .lock; flock 9
            [ ! -d guest-kernel ] || exit 0
            apt-get download -qq $(apt-cache depends linux-image-cloud-amd64 | sed -n 's/.*Depends: linux-image/linux-image/p')
            rm -rf part; mkdir part; dpkg-deb -x linux-image-*.deb part; mv part guest-kernel
            """;

    private GuestKernels() {}

    /** The file, by name; empty where the node's own is to be taken or none can be had. */
    static Optional<Path> fetched() throws IOException, InterruptedException {
        if (first(Path.of("/boot")).isPresent()) {
            return Optional.empty();
        }
        if (!Files.isDirectory(CACHE.resolve("guest-kernel"))) {
            new ProcessBuilder("sh", "-c", FETCH, CACHE.toString())
                    .inheritIO()
                    .start()
                    .waitFor();
        }
        return first(CACHE.resolve("guest-kernel/boot"));
    }

    /** The machine's own, or the one fetched. */
    static Optional<Path> file() throws IOException, InterruptedException {
        Optional<Path> fetched = fetched();
        return fetched.isPresent() ? fetched : first(Path.of("/boot"));
    }

    private static Optional<Path> first(Path boot) throws IOException {
        if (!Files.isDirectory(boot)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.list(boot)) {
            return files.filter(file -> String.valueOf(file.getFileName()).startsWith("vmlinuz-"))
                    .findFirst();
        }
    }
}
