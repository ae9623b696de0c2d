package io.lamella.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SubordinateIdsTest {
    private static final String OTHERS = "# kept\nalice:100000:65536\nbroken:x:y\n\n";

    @TempDir
    Path directory;

    private Path uids;
    private Path gids;

    @BeforeEach
    void files() {
        uids = directory.resolve("subuid");
        gids = directory.resolve("subgid");
    }

    @Test
    void rootsRangeComesOnceAndGoesAlone() throws IOException {
        Files.writeString(uids, OTHERS);
        Files.setPosixFilePermissions(uids, PosixFilePermissions.fromString("rw-r-----"));
        SubordinateIds.ensureRoot(uids, gids, 1_000_000, 1_000_000);
        SubordinateIds.ensureRoot(uids, gids, 1_000_000, 1_000_000);
        SubordinateIds.ensureRoot(uids, gids, 1_200_000, 65_536);
        assertThat(uids).hasContent(OTHERS + "root:1000000:1000000\n");
        assertThat(gids).hasContent("root:1000000:1000000\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(uids)))
                .isEqualTo("rw-r-----");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(gids)))
                .isEqualTo("rw-r--r--");

        SubordinateIds.remove(uids, gids, 1_000_000, 1_000_000);
        SubordinateIds.remove(uids, gids, 1_000_000, 1_000_000);
        assertThat(uids).hasContent(OTHERS);
        assertThat(gids).isEmptyFile();
    }

    @Test
    void aRangeThatCoversOnlyPartIsNotEnough() throws IOException {
        Files.writeString(uids, "root:100000:65536\n");
        Files.writeString(gids, "0:100000:200000\n");
        SubordinateIds.ensureRoot(uids, gids, 150_000, 100_000);
        assertThat(uids).hasContent("root:100000:65536\nroot:150000:100000\n");
        assertThat(gids).hasContent("0:100000:200000\n");
    }

    @Test
    void aLinkStaysALink() throws IOException {
        Path real = Files.writeString(directory.resolve("real"), OTHERS);
        Files.createSymbolicLink(uids, real.getFileName());
        SubordinateIds.ensureRoot(uids, gids, 1, 2);
        assertThat(uids).isSymbolicLink();
        assertThat(real).hasContent(OTHERS + "root:1:2\n");
    }

    @Test
    void anothersRangeIsNoticed() throws IOException {
        Files.writeString(uids, OTHERS + "root:1000000:65536\n");
        assertThat(SubordinateIds.overlapsOthers(uids, 1_000_000, 65_536)).isFalse();
        assertThat(SubordinateIds.overlapsOthers(uids, 165_536, 1)).isFalse();
        assertThat(SubordinateIds.overlapsOthers(uids, 165_535, 1)).isTrue();
        assertThat(SubordinateIds.overlapsOthers(uids, 0, 100_001)).isTrue();
        assertThat(SubordinateIds.overlapsOthers(uids, 0, 100_000)).isFalse();
        assertThat(SubordinateIds.overlapsOthers(gids, 0, 1L << 32)).isFalse();
    }
}
