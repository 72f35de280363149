package io.funcobserver.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Finds ports for servers that cannot be asked which one they took. */
public final class FreePort {
    private FreePort() {}

    /** A port on 127.0.0.1 that was free a moment ago. */
    public static int next() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
