package io.lamella.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Few names and all kinds of entries in any order: nothing outside of the store changes, and nothing is left. */
class TreeFuzz {
    private static final List<String> NAMES =
            List.of("a", "a/b", "a/b/c", "b", "b/a", "c", "etc/a", "./a", "d/e", "dev/x", "a/x", "c/d/");

    private static final List<String> BAD = List.of("../outside/x", "/x", "a/../b", ".");

    @TempDir
    Path temp;

    @Test
    void entriesInAnyOrder() throws IOException {
        StoreFixture fixture = new StoreFixture(temp, ArchiveFuzz.SMALL);
        Path outside = Files.createDirectory(temp.resolve("outside"));
        int accepted = 0;
        for (int seed = 0; seed < 300; seed++) {
            byte[] archive = archive(new Random(seed), outside);
            ArchiveFuzz.declared(() -> fixture.store.unpack(
                    new ByteArrayInputStream(archive),
                    Optional.empty(),
                    -1,
                    Optional.empty(),
                    (step, done, total) -> {}));
            assertThat(outside).as("seed " + seed).isEmptyDirectory();
            accepted += fixture.left().size();
            assertThat(fixture.left()).as("seed " + seed).noneMatch(name -> name.startsWith(Staging.PREFIX));
            fixture.left().forEach(name -> fixture.store.delete("sha256:" + name));
        }
        assertThat(accepted).as("archives that are sound").isBetween(50, 250);
    }

    private static byte[] archive(Random random, Path outside) {
        TarForge forge = new TarForge().directory("etc/");
        int count = random.nextInt(8);
        for (int i = 0; i < count; i++) {
            String name = name(random);
            String target = name(random);
            switch (random.nextInt(6)) {
                case 0 -> forge.file(name, "content");
                case 1 -> forge.directory(name);
                case 2 -> forge.symlink(name, target);
                case 3 -> forge.hardLink(name, target);
                case 4 -> forge.entry('6', name, "", 0);
                default -> forge.symlink(name, outside.toString());
            }
        }
        return forge.bytes();
    }

    private static String name(Random random) {
        List<String> names = random.nextInt(40) == 0 ? BAD : NAMES;
        return names.get(random.nextInt(names.size()));
    }
}
