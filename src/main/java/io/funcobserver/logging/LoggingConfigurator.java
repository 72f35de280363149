package io.funcobserver.logging;

import java.nio.charset.StandardCharsets;
import java.util.Map;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;

/** Sets up logging when the first logger is made: standard error only, since standard output is for results. */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_TOP_PRIORITY)
public final class LoggingConfigurator extends ContextAwareBase implements Configurator {
    /** What our own log lines and health already say, these libraries say again at length. */
    static final Map<String, Level> LEVELS = Map.ofEntries(
            Map.entry(Logger.ROOT_LOGGER_NAME, Level.WARN),
            Map.entry("io.funcobserver", Level.INFO),
            // Hikari and the driver log each failed attempt to connect; the measurement that wanted the connection
            // reports it.
            Map.entry("com.zaxxer.hikari", Level.ERROR),
            Map.entry("org.mariadb.jdbc", Level.ERROR),
            // A failed run is reported once, by its outcome; these two would report it again, with its stack.
            Map.entry("org.apache.camel.processor.errorhandler.DefaultErrorHandler", Level.OFF),
            Map.entry("org.apache.camel.component.scheduler.SchedulerConsumer", Level.OFF),
            // A stop while the target is down leaves the file of the spool where it is, as it should.
            Map.entry("org.apache.camel.component.file.GenericFileOnCompletion", Level.ERROR),
            // A start that fails ends the command, which says why.
            Map.entry("org.apache.camel.impl.engine.AbstractCamelContext", Level.OFF),
            // Says of a batch that failed what its measurement says.
            Map.entry("org.apache.camel.processor.MulticastProcessor", Level.ERROR),
            // Says that a result could not be closed when a page is cut off on purpose.
            Map.entry("org.apache.camel.component.sql.ResultSetIterator", Level.OFF),
            // They log each failed attempt to connect; what cannot be sent or fetched for it is reported.
            Map.entry("org.apache.kafka", Level.OFF),
            Map.entry("org.apache.camel.component.kafka", Level.ERROR));

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        LineLayout layout = new LineLayout();
        layout.setContext(context);
        layout.start();
        LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
        encoder.setContext(context);
        encoder.setCharset(StandardCharsets.UTF_8);
        encoder.setLayout(layout);
        encoder.start();
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setName("stderr");
        appender.setTarget("System.err");
        appender.setEncoder(encoder);
        appender.start();
        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(appender);
        LEVELS.forEach((name, level) -> context.getLogger(name).setLevel(level));
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }
}
