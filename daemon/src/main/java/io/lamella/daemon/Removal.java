package io.lamella.daemon;

import io.lamella.backend.lxc.LxcSettings;
import io.lamella.linux.Inodes;
import io.lamella.linux.SubordinateIds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes a node off the machine: instances, slices, switch, and what it keeps on disk. The cache of images stays. */
final class Removal {
    private static final Logger LOG = LoggerFactory.getLogger(Removal.class);
    private static final Duration GRACE = Duration.ofSeconds(10);

    private Removal() {}

    /**
     * Refuses while the node's daemon runs.
     *
     * @param keepState leave the state directory, from which a later start makes anew what ran
     */
    static void run(Settings settings, boolean keepState) {
        try (Parts parts = new Parts(settings, Config.read(settings.config()))) {
            parts.switchDaemon.start();
            parts.compute.isolation().end();
            if (keepState) {
                parts.compute.reconciler().suspend(GRACE);
            } else {
                parts.compute.reconciler().clear();
            }
            parts.networkSwitch.remove();
            parts.switchDaemon.stop();
        }
        if (!keepState) {
            delete(settings.state());
        }
        delete(settings.run());
        SubordinateIds.remove(
                Path.of("/etc/subuid"), Path.of("/etc/subgid"), LxcSettings.IDS.first(), LxcSettings.IDS.count());
        LOG.info("node {} was removed{}", settings.name(), keepState ? "; its state stays" : "");
    }

    /** Removes a directory with its content; one that is a file system of its own stays, empty. */
    private static void delete(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> content = Files.list(directory)) {
            content.toList().forEach(Inodes::deleteTree);
            Files.delete(directory);
        } catch (IOException e) {
            LOG.info("{} is empty and stays: {}", directory, e.getMessage());
        }
    }
}
