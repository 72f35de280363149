package io.funcobserver.app;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

import io.funcobserver.config.ConfigurationException;
import io.funcobserver.config.Settings;

/** The ports that the product opens. */
final class Ports {
    private Ports() {}

    /** @throws ConfigurationException naming a port that cannot be opened, by its property */
    @SuppressWarnings("try")
    static void refuseBusy(Settings settings) {
        // Both at once: they may not be the same.
        try (ServerSocket observe = open(settings, "observe");
                ServerSocket intake = settings.flag("intake.enabled") ? open(settings, "intake") : null) {
            return;
        } catch (IOException e) {
            throw new ConfigurationException("a port that was tried cannot be closed again: " + e.getMessage(), e);
        }
    }

    private static ServerSocket open(Settings settings, String part) throws IOException {
        String host = settings.text(part + ".host");
        int port = settings.number(part + ".port");
        try {
            return new ServerSocket(port, 1, InetAddress.getByName(host));
        } catch (IOException e) {
            throw new ConfigurationException(
                    part + ".port " + port + " on " + host + " cannot be opened (" + e.getMessage() + "); give another "
                            + part + ".port or " + part + ".host, or stop what uses it",
                    e);
        }
    }
}
