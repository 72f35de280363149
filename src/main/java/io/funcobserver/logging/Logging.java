package io.funcobserver.logging;

import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.funcobserver.config.Secrets;
import io.funcobserver.config.Settings;
import org.slf4j.LoggerFactory;

/** Fits logging to the settings. */
public final class Logging {
    /** None until settings are read. */
    private static final AtomicReference<Secrets> SECRETS = new AtomicReference<>(Secrets.none());

    private static final String LEVEL = "logging.level.";

    private Logging() {}

    /** The text without the secrets of the settings that were applied last. */
    public static String mask(String text) {
        return SECRETS.get().mask(text);
    }

    /** From now on no log line holds a secret of these settings, and their {@code logging.level.*} hold. */
    public static void apply(Settings settings) {
        SECRETS.set(Secrets.of(settings));
        for (Map.Entry<String, String> property : settings.logging().entrySet()) {
            if (property.getKey().startsWith(LEVEL)) {
                String name = property.getKey().substring(LEVEL.length());
                if (LoggerFactory.getLogger(name) instanceof Logger logger) {
                    logger.setLevel(Level.toLevel(property.getValue(), logger.getLevel()));
                }
            }
        }
    }
}
