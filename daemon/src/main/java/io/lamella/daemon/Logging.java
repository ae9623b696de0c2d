package io.lamella.daemon;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.logging.LogManager;

/** The form of the log, which the JVM's own default spreads over two lines an event. */
final class Logging {
    private Logging() {}

    /** Call before the first event. A configuration that the administrator gave to the JVM goes first. */
    static void begin() {
        if (System.getProperty("java.util.logging.config.file") != null) {
            return;
        }
        try (InputStream form = Logging.class.getResourceAsStream("logging.properties")) {
            LogManager.getLogManager().readConfiguration(form);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
