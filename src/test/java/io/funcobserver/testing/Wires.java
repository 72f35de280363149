package io.funcobserver.testing;

import java.io.IOException;
import java.net.Socket;

/** What stands between a client and a server in a test: threads that end with the connection that they serve. */
public final class Wires {
    private Wires() {}

    /** Serves a connection, or accepts them, until it fails. */
    @FunctionalInterface
    public interface Work {
        void run() throws IOException;
    }

    /** Does it in a thread of its own, which holds up no JVM. */
    public static void serve(String name, Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        // A connection, or the listening, has ended.
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Passes on what comes, both ways; when one end closes, so does the other. */
    public static void join(String name, Socket client, Socket server) {
        serve(name, () -> pump(client, server));
        serve(name, () -> pump(server, client));
    }

    private static void pump(Socket from, Socket to) throws IOException {
        try (from;
                to) {
            from.getInputStream().transferTo(to.getOutputStream());
        }
    }
}
