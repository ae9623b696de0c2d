package io.lamella.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.Test;

class LoggingTest {
    @Test
    void anEventIsOneLine() {
        Logging.begin();
        LogRecord event = new LogRecord(Level.WARNING, "a port was put back");
        event.setLoggerName("io.lamella.network.Switch");
        assertThat(new SimpleFormatter().format(event))
                .matches(
                        "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}[+-]\\d{4} WARNING io.lamella.network.Switch: a port was put back\\R");
    }

    @Test
    void theServerSpeaksOfTroubleOnly() {
        Logging.begin();
        assertThat(Logger.getLogger("org.eclipse.jetty.server.Server").isLoggable(Level.INFO))
                .isFalse();
        assertThat(Logger.getLogger("io.lamella").isLoggable(Level.INFO)).isTrue();
    }
}
