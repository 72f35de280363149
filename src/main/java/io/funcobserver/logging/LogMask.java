package io.funcobserver.logging;

import java.util.concurrent.atomic.AtomicReference;

import io.funcobserver.config.Secrets;

/** The secrets that every log line is freed from; none until settings are read. */
final class LogMask {
    private static final AtomicReference<Secrets> SECRETS = new AtomicReference<>(Secrets.none());

    private LogMask() {}

    static void install(Secrets secrets) {
        SECRETS.set(secrets);
    }

    static String mask(String text) {
        return SECRETS.get().mask(text);
    }
}
