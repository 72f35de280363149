package io.funcobserver.app;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

import io.funcobserver.config.ConfigurationException;
import io.funcobserver.config.Settings;

/** The ports that the product opens. */
final class Ports {
    private Ports() {}

    /** @throws ConfigurationException naming a port that cannot be opened, by its property */
    static void refuseBusy(Settings settings) {
        try {
            ServerSocket observe = open(settings, "observe");
            try {
                if (settings.flag("intake.enabled")) {
                    open(settings, "intake").close();
                }
            } finally {
                observe.close();
            }
        } catch (IOException e) {
            throw new ConfigurationException("a port that was tried cannot be closed again: " + e.getMessage(), e);
        }
    }

    private static ServerSocket open(Settings settings, String part) throws IOException {
        String host = settings.text(part + ".host");
        int port = settings.number(part + ".port");
        ServerSocket socket = new ServerSocket();
        try {
            socket.bind(new InetSocketAddress(host, port));
            return socket;
        } catch (IOException | IllegalArgumentException e) {
            socket.close();
            throw new ConfigurationException(
                    part + ".port " + port + " on " + host + " cannot be opened (" + e.getMessage() + "); give another "
                            + part + ".port or " + part + ".host, or stop what uses it",
                    e);
        }
    }

    /** Whether only this machine reaches the host. */
    static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (IOException e) {
            return false;
        }
    }
}
