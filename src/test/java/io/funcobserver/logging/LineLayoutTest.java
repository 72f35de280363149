package io.funcobserver.logging;

import java.io.IOException;
import java.util.Map;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import io.funcobserver.config.Settings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

class LineLayoutTest {
    private final LineLayout layout = new LineLayout();
    private final Logger logger = (Logger) LoggerFactory.getLogger("io.funcobserver.sample");

    @BeforeEach
    void apply() {
        layout.setContext((LoggerContext) LoggerFactory.getILoggerFactory());
        Logging.apply(Settings.of(Map.of("target.url", "http://h?token=tkn_secret")));
    }

    @AfterEach
    void reset() {
        Logging.apply(Settings.of(Map.of("target.url", "http://h")));
        logger.setLevel(null);
    }

    @Test
    void isOneLineWithTimeLevelThreadAndLogger() {
        assertThat(line("Started\nwell", null))
                .matches(
                        "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z INFO  \\[[^]]+] sample - Started \\| well\\R");
    }

    @Test
    void masksSecretsInMessagesAndExceptions() {
        assertThat(line("POST ?token=tkn_secret", new IOException("for tkn_secret")))
                .endsWith(" - POST ?token=***: IOException: for ***" + System.lineSeparator());
    }

    @Test
    @DisplayName("raw ESC and C1 reach no log")
    void escapesWhatWouldActOnATerminal() {
        assertThat(line("Redis answers \u001b[2J\u009b1m\u202e", new IOException("y\u2028x")))
                .endsWith(
                        " - Redis answers \\u001B[2J\\u009B1m\\u202E: IOException: y\\u2028x" + System.lineSeparator());
    }

    @Test
    void showsTheChainOfMessagesOnceEach() {
        Exception root = new IOException("disk full");
        Exception wrapper = new IllegalStateException("cannot write", new RuntimeException("java.io: disk full", root));
        assertThat(line("Failed", wrapper))
                .endsWith(" - Failed: IllegalStateException: cannot write: RuntimeException: java.io: disk full"
                        + System.lineSeparator());
    }

    @Test
    void showsTheStackTraceAtDebugOnly() {
        logger.setLevel(Level.DEBUG);
        assertThat(line("Failed", new IOException("for tkn_secret")))
                .contains("at io.funcobserver.logging.LineLayoutTest")
                .doesNotContain("tkn_secret");
    }

    @Test
    void appliesTheLevelsOfTheSettings() {
        Logging.apply(Settings.of(Map.of("target.url", "http://h", "logging.level.io.funcobserver.sample", "ERROR")));
        assertThat(logger.getEffectiveLevel()).isEqualTo(Level.ERROR);
    }

    @Test
    void isQuietAboutLibraries() {
        assertThat(((Logger) LoggerFactory.getLogger("org.apache.camel.main.Main")).getEffectiveLevel())
                .isEqualTo(Level.WARN);
        assertThat(((Logger) LoggerFactory.getLogger("io.funcobserver.x")).getEffectiveLevel())
                .isEqualTo(Level.INFO);
    }

    private String line(String message, Throwable thrown) {
        return layout.doLayout(new LoggingEvent("x", logger, Level.INFO, message, thrown, null));
    }
}
