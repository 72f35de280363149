package io.funcobserver.faults;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;

import io.funcobserver.testing.Wires;

/** What a Service of Kubernetes is to its clients: one port, and each connection goes to the next server that takes it. */
final class RoundRobin implements AutoCloseable {
    private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<Integer> servers;
    private int next;

    /** @param servers their ports */
    RoundRobin(List<Integer> servers) throws IOException {
        this.servers = List.copyOf(servers);
        Wires.serve("round-robin", this::accept);
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
                Wires.join("round-robin", client, server);
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

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
