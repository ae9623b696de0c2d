package io.lamella.network;

import io.lamella.model.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The private switch's database file. All of its content is derived from Lamella's own state, so it may be lost. */
final class SwitchDatabase {
    private static final Logger LOG = LoggerFactory.getLogger(SwitchDatabase.class);
    private static final List<Path> SCHEMAS = List.of(
            Path.of("/usr/share/openvswitch/vswitch.ovsschema"),
            Path.of("/usr/local/share/openvswitch/vswitch.ovsschema"));

    private final Path file;

    SwitchDatabase(Path file) {
        this.file = file;
    }

    /** Makes sure that the file is a database of the installed schema. Not to be called while a server has it open. */
    void prepare() {
        Path schema = SCHEMAS.stream()
                .filter(Files::exists)
                .findFirst()
                .orElseThrow(() -> Tool.missing(SCHEMAS.getFirst().toString()));
        if (Files.exists(file)) {
            Tool.Outcome old = tool("needs-conversion", file, schema);
            if (old.ok() && old.text().equals("no")) {
                return;
            }
            if (old.ok()) {
                Tool.Outcome converted = tool("convert", file, schema);
                if (converted.ok()) {
                    LOG.info("Converted {} to the installed schema", file);
                    return;
                }
                setAside(converted.text());
            } else {
                setAside(old.text());
            }
        }
        Tool.Outcome created = tool("create", file, schema);
        if (!created.ok()) {
            throw Refusal.unavailable("there is no switch: its database cannot be made: " + created.text());
        }
    }

    /** Moves an unusable file out of the way, over the last one that was. */
    void setAside(String why) {
        Path aside = file.resolveSibling(file.getFileName() + ".unusable");
        LOG.warn("The switch's database is unusable ({}): moved to {}, its content will be made again", why, aside);
        try {
            Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw Refusal.unavailable(
                    "there is no switch: its database " + file + " is unusable and cannot be moved: " + e.getMessage());
        }
    }

    private Tool.Outcome tool(String command, Path... files) {
        return Tool.run(
                Map.of(),
                "ovsdb-tool",
                Stream.concat(
                                Stream.of("-vsyslog:off", "-vconsole:off", command),
                                Stream.of(files).map(Path::toString))
                        .toList());
    }
}
