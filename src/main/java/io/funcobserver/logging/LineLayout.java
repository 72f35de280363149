package io.funcobserver.logging;

import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;

/**
 * One line an event: {@code 2026-11-22T18:15:30.123Z INFO  [thread] logger - message}, without secrets.
 *
 * <p>An exception is the chain of its messages, behind the message; its stack trace follows only where the logger's
 * level is DEBUG.
 */
final class LineLayout extends LayoutBase<ILoggingEvent> {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSX").withZone(ZoneOffset.UTC);

    @Override
    public String doLayout(ILoggingEvent event) {
        StringBuilder line = new StringBuilder(200)
                .append(TIME.format(event.getInstant()))
                .append(String.format(" %-5s [", event.getLevel()))
                .append(event.getThreadName())
                .append("] ")
                .append(shortened(event.getLoggerName()))
                .append(" - ")
                .append(inOneLine(String.valueOf(event.getFormattedMessage())));
        IThrowableProxy thrown = event.getThrowableProxy();
        if (thrown == null) {
            return LogMask.mask(line.toString()) + System.lineSeparator();
        }
        line.append(messages(thrown));
        String text = LogMask.mask(line.toString()) + System.lineSeparator();
        return wantsStackTrace(event.getLoggerName())
                ? text + LogMask.mask(ThrowableProxyUtil.asString(thrown)) + System.lineSeparator()
                : text;
    }

    private boolean wantsStackTrace(String logger) {
        return getContext() instanceof LoggerContext loggers
                && Level.DEBUG.isGreaterOrEqual(loggers.getLogger(logger).getEffectiveLevel());
    }

    private static String messages(IThrowableProxy thrown) {
        StringBuilder chain = new StringBuilder();
        String last = "";
        for (IThrowableProxy each = thrown; each != null; each = each.getCause()) {
            String name = each.getClassName().substring(each.getClassName().lastIndexOf('.') + 1);
            String message = each.getMessage() == null ? "" : inOneLine(each.getMessage());
            // Most wrappers repeat the message of what they wrap.
            if (message.isEmpty() || !last.contains(message)) {
                chain.append(": ").append(name);
                if (!message.isEmpty()) {
                    chain.append(": ").append(message);
                }
            }
            last = message;
        }
        return chain.toString();
    }

    private static String inOneLine(String text) {
        return text.strip().replaceAll("\\s*[\\r\\n]+\\s*", " | ");
    }

    private static String shortened(String logger) {
        return logger.startsWith("io.funcobserver.") ? logger.substring("io.funcobserver.".length()) : logger;
    }
}
