package io.funcobserver.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;

/** What a Service of Kubernetes is to its clients: one port, and each connection goes to the next server that takes it. */
public final class RoundRobin implements AutoCloseable {
    private final RawServer listening = new RawServer(this::serve);
    private final List<Integer> servers;
    private int next;

    /** @param servers their ports */
    public RoundRobin(Integer... servers) throws IOException {
        this.servers = List.of(servers);
    }

    public int port() {
        return listening.port();
    }

    private void serve(Socket client) throws IOException {
        Socket server = connect();
        if (server != null) {
            RawServer.join(client, server);
        }
    }

    private synchronized Socket connect() {
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
