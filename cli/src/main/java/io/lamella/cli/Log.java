package io.lamella.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.logging.LogManager;

/** The log of a command that serves: one line an event, on standard error. */
final class Log {
    private static final String FORM = """
            handlers=java.util.logging.ConsoleHandler
            .level=INFO
            java.util.logging.SimpleFormatter.format=%1$tFT%1$tT%1$tz %4$s %5$s%6$s%n
            """;

    private Log() {}

    /** Call before the first event. A configuration that was given to the JVM goes first. */
    static void begin() {
        if (System.getProperty("java.util.logging.config.file") != null) {
            return;
        }
        try {
            LogManager.getLogManager()
                    .readConfiguration(new ByteArrayInputStream(FORM.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
