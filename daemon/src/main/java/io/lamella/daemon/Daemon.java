package io.lamella.daemon;

import io.lamella.api.ApiServer;
import io.lamella.api.ApiSettings;
import io.lamella.api.TlsSettings;
import io.lamella.linux.Hardware;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A node's daemon: recovers, then serves the API and repairs what drifts until it is closed. */
final class Daemon implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);
    private static final Duration REPAIR_INTERVAL = Duration.ofSeconds(30);

    private final Settings settings;
    private final Parts parts;
    private final ApiServer api;
    private final Thread repairs;
    private final Thread autostart;

    Daemon(Settings settings) {
        this.settings = settings;
        Config config = Config.read(settings.config());
        this.parts = new Parts(settings, config);
        this.api = new ApiServer(
                parts.compute, parts.store, new ApiSettings(settings.socket(), tls(config), config.adminGroup()));
        this.repairs = Thread.ofVirtual().name("repairs").unstarted(this::repairNowAndThen);
        this.autostart = Thread.ofVirtual().name("autostart").unstarted(this::startWhatRan);
    }

    private static Optional<TlsSettings> tls(Config config) {
        return Optional.ofNullable(config.tls())
                .map(t -> new TlsSettings(
                        Optional.ofNullable(t.host()).orElse("0.0.0.0"),
                        Optional.ofNullable(t.port()).orElse(8443),
                        Path.of(t.given("certificate", t.certificate())),
                        Path.of(t.given("key", t.key()))));
    }

    void start() {
        parts.switchDaemon.start();
        parts.compute.reconciler().recover(rebooted());
        parts.compute.isolation().recover(); // not before: a slice's control group is there by now
        keepBootId(); // not before: what a boot leaves stopped is recorded by now
        api.start();
        repairs.start();
        autostart.start();
        LOG.info("node {} serves {}", settings.name(), settings.socket());
    }

    private Path bootIdFile() {
        return settings.state().resolve("boot-id");
    }

    /** True where the machine was started anew since the last daemon; the kernel's boot id tells. */
    private boolean rebooted() {
        try {
            return !Files.exists(bootIdFile())
                    || !Files.readString(bootIdFile()).strip().equals(Hardware.bootId());
        } catch (IOException e) {
            LOG.warn("the last boot's id cannot be read: autostart settings are ignored", e);
            return false;
        }
    }

    private void keepBootId() {
        try {
            Files.writeString(bootIdFile(), Hardware.bootId());
        } catch (IOException e) {
            LOG.warn("the boot's id cannot be kept: the daemon's next start will look like a boot", e);
        }
    }

    private void startWhatRan() {
        try {
            parts.compute.reconciler().autostart();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed
        }
    }

    private void repairNowAndThen() {
        try {
            while (true) {
                Thread.sleep(REPAIR_INTERVAL);
                parts.compute.reconciler().repair();
                parts.compute.isolation().watch();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed
        }
    }

    /** Ends the daemon, not the instances. */
    @Override
    public void close() {
        repairs.interrupt();
        autostart.interrupt();
        api.close();
        parts.close();
        LOG.info("node {} ended; its instances stay", settings.name());
    }
}
