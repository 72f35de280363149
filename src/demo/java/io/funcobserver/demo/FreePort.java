package io.funcobserver.demo;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Finds ports for servers that cannot be asked which one they took. */
public final class FreePort {
    private static final int FIRST = 10_000;
    /** Outgoing connections get ports from 32768 on (Linux), or later: none of them takes one of these meanwhile. */
    private static final int END = 32_000;

    private static final int MOST_TRIES = 100;

    private FreePort() {}

    /** A port on 127.0.0.1 that was free a moment ago. */
    public static int next() throws IOException {
        for (int tries = 1; true; tries++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, END);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (BindException e) {
                if (tries == MOST_TRIES) {
                    throw e;
                }
            }
        }
    }
}
