package io.lamella.image;

import io.lamella.compute.Progress;
import java.nio.file.Path;
import java.util.List;

/** How to build a root file system on the node. A new one is a class of its own and a line in {@link #all}. */
sealed interface Recipe permits BusyboxRecipe, Debian13Recipe {
    static List<Recipe> all(BuildCache cache) {
        return List.of(new BusyboxRecipe(), new Debian13Recipe(cache));
    }

    String name();

    /**
     * Builds and returns the tar, which is unpacked like any other archive.
     *
     * @param workspace a directory that is removed afterwards
     */
    Path tar(Path workspace, Progress progress);
}
