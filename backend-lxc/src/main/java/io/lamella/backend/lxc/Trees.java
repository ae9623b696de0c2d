package io.lamella.backend.lxc;

import io.lamella.linux.Command;
import io.lamella.model.Refusal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Makes one tree of files like another. */
final class Trees {
    private static final Duration PATIENCE = Duration.ofHours(1);

    private Trees() {}

    /**
     * Writes only what differs, so that an overlay keeps no copy of what its image has. File contents are compared, since
     * times can be set. Device nodes are left out: every backend makes those below /dev itself.
     */
    static void copy(Path from, Path to) {
        String rsync = Command.find("rsync")
                .map(Path::toString)
                .orElseThrow(() -> Refusal.unavailable(
                        "the disk cannot be turned into a container's: rsync is not installed on this node"));
        Command.Result result = Command.run(
                PATIENCE,
                List.of(
                        rsync,
                        "--archive",
                        "--no-devices",
                        "--hard-links",
                        "--acls",
                        "--xattrs",
                        "--filter=-x trusted.*",
                        "--numeric-ids",
                        "--checksum",
                        "--sparse",
                        "--delete",
                        "--exclude=/lost+found",
                        from + "/",
                        to + "/"));
        if (!result.ok()) {
            String reason = result.error().lines().findFirst().orElse("exit code " + result.exitCode());
            throw result.error().contains("No space left on device")
                    ? Refusal.exhausted("disk", "the node's disk is full: " + reason)
                    : Refusal.unavailable("the content of the disk cannot be copied: " + reason);
        }
    }
}
