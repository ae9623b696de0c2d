package io.lamella.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Tars of builds that take long, by what they were built from. Old ones are built anew, because a distribution's
 * packages get their security fixes; the oldest give way when all are too large together.
 */
final class BuildCache {
    static final Duration AGE = Duration.ofDays(14);
    static final long BYTES = 2L << 30;

    private static final String PART = ".part-";

    private final Path directory;
    private final long bytes;
    private final Clock clock;

    BuildCache(Path directory) {
        this(directory, BYTES, Clock.systemUTC());
    }

    BuildCache(Path directory, long bytes, Clock clock) {
        this.directory = directory;
        this.bytes = bytes;
        this.clock = clock;
        try {
            Files.createDirectories(directory);
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        } catch (IOException e) {
            throw Storage.refusal("make its cache " + directory, e);
        }
    }

    static String key(List<String> ingredients) {
        MessageDigest digest = Digests.sha256();
        for (String ingredient : ingredients) {
            digest.update(ingredient.getBytes(java.nio.charset.StandardCharsets.UTF_8));
            digest.update((byte) 0);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    synchronized Optional<Path> find(String key) {
        prune(Optional.empty());
        Path file = file(key);
        return Files.exists(file) ? Optional.of(file) : Optional.empty();
    }

    /** Moves {@code tar} into the cache, complete or not at all, and returns where it is then. */
    synchronized Path keep(String key, Path tar) {
        try {
            Path part = Files.createTempFile(directory, PART, "");
            Files.move(tar, part, StandardCopyOption.REPLACE_EXISTING);
            Files.setLastModifiedTime(part, FileTime.from(clock.instant()));
            Path file = file(key);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            prune(Optional.of(file));
            return file;
        } catch (IOException e) {
            throw Storage.refusal("keep a build in its cache", e);
        }
    }

    private Path file(String key) {
        return directory.resolve(key + ".tar");
    }

    private record Kept(Path file, Instant time, long size) {}

    private void prune(Optional<Path> spared) {
        try (Stream<Path> list = Files.list(directory)) {
            long total = 0;
            Instant oldest = clock.instant().minus(AGE);
            for (Kept kept : list.map(BuildCache::kept)
                    .sorted(Comparator.comparing(Kept::time).reversed())
                    .toList()) {
                total += kept.size();
                boolean part = kept.file().getFileName().toString().startsWith(PART); // of an interrupted build
                if (part
                        || ((kept.time().isBefore(oldest) || total > bytes)
                                && !spared.equals(Optional.of(kept.file())))) {
                    Files.deleteIfExists(kept.file());
                    total -= kept.size();
                }
            }
        } catch (IOException e) {
            throw Storage.refusal("prune its cache", e);
        }
    }

    private static Kept kept(Path file) {
        try {
            return new Kept(file, Files.getLastModifiedTime(file).toInstant(), Files.size(file));
        } catch (IOException e) {
            return new Kept(file, Instant.EPOCH, 0);
        }
    }
}
