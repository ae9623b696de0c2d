package io.lamella.backend.lxc;

import io.lamella.linux.Cgroups;
import io.lamella.linux.Mount;
import io.lamella.linux.Mounts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/** Every unit of which anything is left. */
final class Inventory {
    private Inventory() {}

    static Set<String> of(LxcSettings settings, Cgroups cgroups) {
        Path base = settings.directory();
        Set<String> names = new TreeSet<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(base)) {
            entries.forEach(entry -> names.add(base.relativize(entry).toString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (Mount mount : Mounts.list()) {
            if (mount.target().startsWith(base) && !mount.target().equals(base)) {
                names.add(base.relativize(mount.target()).getName(0).toString());
            }
        }
        for (String slice : cgroups.children(settings.cgroupRoot())) {
            for (String group : cgroups.children(settings.cgroupRoot() + "/" + slice)) {
                names.add(Unit.named(slice, group));
            }
        }
        names.addAll(Monitors.find(base).keySet());
        names.removeIf(name -> Unit.find(settings, name).isEmpty());
        return names;
    }
}
