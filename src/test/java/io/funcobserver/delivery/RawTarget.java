package io.funcobserver.delivery;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A receiver that answers each connection with whatever bytes a test writes, as soon as it has read something. */
final class RawTarget implements AutoCloseable {
    /** Writes until the client has enough, which shows as an {@link IOException}. */
    @FunctionalInterface
    interface Answering {
        void answer(OutputStream out) throws Exception;
    }

    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

    RawTarget(Answering answering) throws IOException {
        Thread thread = new Thread(() -> serve(answering), "raw target");
        thread.setDaemon(true);
        thread.start();
    }

    private void serve(Answering answering) {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                Thread thread = new Thread(() -> answer(socket, answering), "raw answer");
                thread.setDaemon(true);
                thread.start();
            } catch (IOException e) {
                return;
            }
        }
    }

    private static void answer(Socket socket, Answering answering) {
        try (socket) {
            if (socket.getInputStream().read() >= 0) {
                answering.answer(socket.getOutputStream());
            }
        } catch (Exception e) {
            // The client has gone.
        }
    }

    String url() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
