package io.funcobserver.faults;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;

/** What a Service of Kubernetes is to its clients: one port, and each connection goes to the next server that takes it. */
final class RoundRobin implements AutoCloseable {
    private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<Integer> servers;
    private int next;

    /** @param servers their ports */
    RoundRobin(List<Integer> servers) throws IOException {
        this.servers = List.copyOf(servers);
        thread(this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = listening.accept();
            Socket server = connect();
            if (server == null) {
                client.close();
            } else {
                thread(() -> pump(client, server));
                thread(() -> pump(server, client));
            }
        }
    }

    private Socket connect() {
        for (int tries = 0; tries < servers.size(); tries++) {
            try {
                return new Socket(InetAddress.getLoopbackAddress(), servers.get(next++ % servers.size()));
            } catch (IOException e) {
                // This one is down: the next one.
            }
        }
        return null;
    }

    private static void pump(Socket from, Socket to) throws IOException {
        try (from;
                to) {
            from.getInputStream().transferTo(to.getOutputStream());
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void thread(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        // A connection, or the listening, has ended.
                    }
                },
                "round-robin");
        thread.setDaemon(true);
        thread.start();
    }
}
