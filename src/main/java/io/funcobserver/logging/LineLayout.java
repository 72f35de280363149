package io.funcobserver.logging;

import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.stream.Collectors;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;
import io.funcobserver.diagnosis.PrintableText;

/**
 * One line an event: {@code 2026-11-22T18:15:30.123Z INFO  [thread] logger - message}, without secrets.
 *
 * <p>An exception is the chain of its messages, behind the message; its stack trace follows only where the logger's
 * level is DEBUG. What could move a terminal's cursor or hide text is escaped.
 */
final class LineLayout extends LayoutBase<ILoggingEvent> {
    private static final int LONGEST_LINE = 10_000;

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
            return shown(line.toString());
        }
        line.append(messages(thrown));
        String text = shown(line.toString());
        return wantsStackTrace(event.getLoggerName())
                ? text
                        + ThrowableProxyUtil.asString(thrown)
                                .lines()
                                .map(frame -> frame.startsWith("\t") ? '\t' + shown(frame) : shown(frame))
                                .collect(Collectors.joining())
                : text;
    }

    private static String shown(String line) {
        return PrintableText.of(Logging.mask(line), LONGEST_LINE) + System.lineSeparator();
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
