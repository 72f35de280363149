package io.funcobserver.delivery;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

import io.funcobserver.testing.Wires;

/** A receiver that answers each connection with whatever bytes a test writes, as soon as it has read something. */
final class RawTarget implements AutoCloseable {
    private static final int RECEIVED = 64 << 10;

    /** Writes until the client has enough, which shows as an {@link IOException}. */
    @FunctionalInterface
    interface Answering {
        void answer(OutputStream out) throws Exception;
    }

    /** Does with a connection whatever it likes. */
    @FunctionalInterface
    interface Serving {
        void serve(Socket socket) throws Exception;
    }

    private final ServerSocket server = new ServerSocket();

    RawTarget(Answering answering) throws IOException {
        this((Serving) socket -> {
            if (socket.getInputStream().read() >= 0) {
                answering.answer(socket.getOutputStream());
            }
        });
    }

    private RawTarget(Serving serving) throws IOException {
        // The system takes no more in than this before it is read here.
        server.setReceiveBufferSize(RECEIVED);
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        Wires.serve("raw target", () -> accept(serving));
    }

    static RawTarget serving(Serving serving) throws IOException {
        return new RawTarget(serving);
    }

    private void accept(Serving serving) throws IOException {
        while (true) {
            Socket socket = server.accept();
            Wires.serve("raw answer", () -> serve(socket, serving));
        }
    }

    private static void serve(Socket socket, Serving serving) {
        try (socket) {
            serving.serve(socket);
        } catch (Exception e) {
            // The client has gone.
        }
    }

    String url() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    String httpsUrl() {
        return "https://127.0.0.1:" + server.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
