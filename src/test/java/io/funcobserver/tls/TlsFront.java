package io.funcobserver.tls;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import javax.net.ssl.SSLContext;

import io.funcobserver.testing.Wires;

/** Speaks TLS in front of a server that does not. */
public final class TlsFront implements AutoCloseable {
    private final ServerSocket listener;
    private final int port;

    public TlsFront(SSLContext context, int port) throws IOException {
        this.listener = context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        this.port = port;
        Wires.serve("tls-front", this::accept);
    }

    public int port() {
        return listener.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = listener.accept();
            Socket server = new Socket(InetAddress.getLoopbackAddress(), port);
            Wires.join("tls-front", client, server);
        }
    }
}
