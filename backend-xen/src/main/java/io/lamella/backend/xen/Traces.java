package io.lamella.backend.xen;

import io.lamella.linux.Cgroups;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/** What there is of instances on the node. */
record Traces(XenSettings settings, Cgroups cgroups, Host host) {
    /** Every unit of which anything is there: a directory, a control group or a domain. */
    Set<String> units() {
        Set<String> names = directories();
        for (String slice : cgroups.children(settings.cgroupRoot())) {
            for (String group : cgroups.children(settings.cgroupRoot() + "/" + slice)) {
                if (group.endsWith(Unit.GROUP_SUFFIX)) {
                    names.add(slice + "." + group.substring(0, group.length() - Unit.GROUP_SUFFIX.length()));
                }
            }
        }
        if (host.obstacle().isEmpty()) {
            String prefix = Unit.prefix(settings);
            Xl.domains().stream()
                    .filter(domain -> domain.name().startsWith(prefix))
                    .forEach(domain -> names.add(domain.name().substring(prefix.length())));
        }
        names.removeIf(name -> Unit.find(settings, name).isEmpty());
        return names;
    }

    Set<String> directories() {
        Set<String> names = new TreeSet<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(settings.directory())) {
            entries.forEach(entry -> names.add(String.valueOf(entry.getFileName())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return names;
    }

    /** Removes what Xen's tools wrote about a unit's domains. */
    void deleteLogs(Unit unit) throws IOException {
        if (!Files.isDirectory(Unit.logs())) {
            return;
        }
        for (String log : unit.logNames()) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(Unit.logs(), log + "*")) {
                for (Path file : files) {
                    if (String.valueOf(file.getFileName())
                            .substring(log.length())
                            .matches("(\\.\\d+)?")) {
                        Files.deleteIfExists(file);
                    }
                }
            }
        }
    }
}
