package io.funcobserver.config;

import java.time.Duration;

/**
 * Where to deliver to, and how: one of {@link Settings#targets()}.
 *
 * @param name of its folders and in its metrics
 * @param prefix what the keys of its properties begin with: {@code target.}, or {@code target.NAME.}
 * @param url the base URL, which may hold a token; null for a command that needs no target and has none
 * @param metricPath joined to the URL, its query too; empty when metrics are not sent there
 * @param loggingPath joined to the URL, its query too; empty when task records are not sent there
 * @param authorization the header; null for none
 * @param gzip whether bodies are compressed
 * @param connectTimeout the longest wait for a connection
 * @param timeout the longest wait for a whole answer
 */
public record TargetSettings(
        String name,
        String prefix,
        String url,
        String metricPath,
        String loggingPath,
        String authorization,
        boolean gzip,
        Duration connectTimeout,
        Duration timeout) {
    /** The name of the one target that is there without the property {@code targets}. */
    public static final String MAIN = "main";

    static TargetSettings of(Settings settings, String name, String prefix) {
        return new TargetSettings(
                name,
                prefix,
                settings.text(prefix + "url"),
                settings.text(prefix + "metric-path"),
                settings.text(prefix + "logging-path"),
                settings.text(prefix + "authorization"),
                settings.flag(prefix + "gzip"),
                settings.duration(prefix + "connect-timeout"),
                settings.duration(prefix + "timeout"));
    }

    /** Names no secret. */
    @Override
    public String toString() {
        return "target " + name;
    }
}
