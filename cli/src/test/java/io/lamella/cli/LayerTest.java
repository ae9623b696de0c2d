package io.lamella.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.lamella.model.Capability;
import io.lamella.model.KernelFragment;
import io.lamella.model.Requirement;
import io.lamella.model.Requirement.Kind;
import io.lamella.model.Requirements;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the Yocto layer and docs/requirements.md to the table of requirements, or writes them: yocto/generate. */
class LayerTest {
    private static final Path LAYER = Path.of("../yocto/meta-lamella");
    private static final Path FRAGMENTS = LAYER.resolve("recipes-kernel/linux/lamella");
    private static final Path PAGE = Path.of("../docs/requirements.md");
    private static final boolean GENERATE = Boolean.getBoolean("lamella.generate");

    @Test
    void theFragmentsAreThoseOfTheTable() throws IOException {
        Map<String, String> wanted = new TreeMap<>(KernelFragment.all());
        if (GENERATE) {
            Files.createDirectories(FRAGMENTS);
            for (Path old : cfgFiles()) {
                Files.delete(old);
            }
            for (Map.Entry<String, String> file : wanted.entrySet()) {
                Files.writeString(FRAGMENTS.resolve(file.getKey()), file.getValue());
            }
        }
        Map<String, String> found = new TreeMap<>();
        for (Path file : cfgFiles()) {
            found.put(String.valueOf(file.getFileName()), Files.readString(file));
        }
        assertThat(found).as("run yocto/generate").isEqualTo(wanted);
    }

    private static List<Path> cfgFiles() throws IOException {
        try (Stream<Path> files = Files.list(FRAGMENTS)) {
            return files.filter(f -> f.toString().endsWith(".cfg")).toList();
        }
    }

    @Test
    void thePageIsThatOfTheTable() throws IOException {
        if (GENERATE) {
            Files.createDirectories(PAGE.getParent());
            Files.writeString(PAGE, page());
        }
        assertThat(Files.readString(PAGE)).as("run yocto/generate").isEqualTo(page());
    }

    /** What a package group brings is what the check misses without it: programs, and modules where they are some. */
    @Test
    void thePackageGroupsBringWhatTheTableNames() throws IOException {
        for (Requirement r : Requirements.all()) {
            Path recipe = LAYER.resolve("recipes-core/packagegroups/packagegroup-lamella-"
                    + r.capability().word() + ".bb");
            if (r.kind() == Kind.TOOL && !r.yocto().isEmpty()) {
                assertThat(Files.readString(recipe)).as(r.toString()).containsPattern("\\s" + r.yocto() + "\\b");
            }
            if (r.kind() == Kind.OPTION && !r.module().isEmpty() && Files.exists(recipe)) {
                for (String module : r.module().split(" ")) {
                    assertThat(Files.readString(recipe))
                            .as(r.toString())
                            .containsPattern("\\skernel-module-" + module.replace('_', '-') + "\\s");
                }
            }
        }
    }

    private static String page() {
        StringBuilder s = new StringBuilder("""
                # What a node needs

                Generated from the table of `lamella node check` by `yocto/generate`; do not edit. `lamella node check` compares it
                with the machine it runs on, `lamella node check --config FILE` with another kernel's configuration, and
                `lamella node fragment` prints the kernel options for any kernel. What is only recommended makes something better or
                faster; without it the capability is there all the same.
                """);
        for (Capability c : Capability.values()) {
            s.append("\n## ").append(c.word()).append(": ").append(c.meaning()).append("\n\n");
            s.append("| what | name | on | needed | for | brought by |\n|---|---|---|---|---|---|\n");
            for (Requirement r : Requirements.all()) {
                if (r.capability() == c) {
                    s.append("| ")
                            .append(
                                    r.kind() == Kind.OPTION
                                            ? "kernel option"
                                            : r.kind().word());
                    s.append(" | `").append(String.join("` or `", r.names())).append("` ");
                    s.append(r.kind() == Kind.OPTION ? "= " + r.accepted().replace(", ", " or ") : "");
                    s.append(" | ").append(r.architecture().isEmpty() ? "any" : r.architecture());
                    s.append(" | ").append(r.required() ? "required" : "recommended");
                    s.append(" | ").append(r.purpose());
                    s.append(" | ").append(r.broughtBy()).append(" |\n");
                }
            }
        }
        return s.toString();
    }
}
