package io.lamella.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuildCacheTest {
    private static final Instant START = Instant.ofEpochSecond(1_800_000_000);

    @TempDir
    Path temp;

    private BuildCache at(Duration after) {
        return new BuildCache(temp.resolve("cache"), 100, Clock.fixed(START.plus(after), ZoneOffset.UTC));
    }

    private Path tar(int size) throws IOException {
        return Files.write(Files.createTempFile(temp, "built", ".tar"), new byte[size]);
    }

    @Test
    void buildsAreFoundByKeyUntilTheyAreOld() throws IOException {
        Path tar = tar(10);
        Path kept = at(Duration.ZERO).keep("a", tar);
        assertThat(tar).doesNotExist();
        assertThat(at(Duration.ofDays(13)).find("a")).contains(kept);
        assertThat(at(Duration.ofDays(13)).find("b")).isEmpty();
        assertThat(at(Duration.ofDays(15)).find("a")).isEmpty();
        assertThat(temp.resolve("cache")).isEmptyDirectory();
    }

    @Test
    void theOldestGiveWay() throws IOException {
        at(Duration.ofHours(1)).keep("a", tar(60));
        at(Duration.ofHours(2)).keep("b", tar(60));
        assertThat(at(Duration.ofHours(3)).find("a")).isEmpty();
        assertThat(at(Duration.ofHours(3)).find("b")).isPresent();
        assertThat(at(Duration.ofHours(4)).keep("c", tar(200)))
                .as("what was built just now is used, however large")
                .exists();
    }

    @Test
    void interruptedOnesAreRemoved() throws IOException {
        BuildCache cache = at(Duration.ZERO);
        Files.write(temp.resolve("cache/.part-1"), new byte[10]);
        cache.find("a");
        assertThat(temp.resolve("cache")).isEmptyDirectory();
    }

    @Test
    void keysTellIngredientsApart() {
        assertThat(BuildCache.key(List.of("ab", "c"))).isNotEqualTo(BuildCache.key(List.of("a", "bc")));
        assertThat(BuildCache.key(List.of("a"))).hasSize(64).isEqualTo(BuildCache.key(List.of("a")));
    }
}
