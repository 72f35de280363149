package io.funcobserver.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A port on 127.0.0.1 where each connection is served as a test says, in threads that hold up no JVM. */
public final class RawServer implements AutoCloseable {
    private static final int RECEIVED = 64 << 10;

    /** Does with a connection whatever it likes; that the client has enough shows as an {@link IOException}. */
    @FunctionalInterface
    public interface Serving {
        void serve(Socket socket) throws Exception;
    }

    /** What a thread does until a connection, or the listening, ends. */
    @FunctionalInterface
    public interface Work {
        void run() throws Exception;
    }

    private final ServerSocket listening = new ServerSocket();

    public RawServer(Serving serving) throws IOException {
        // The system takes no more in than this before it is read here.
        listening.setReceiveBufferSize(RECEIVED);
        listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        run(() -> {
            while (true) {
                Socket socket = listening.accept();
                run(() -> {
                    try (socket) {
                        serving.serve(socket);
                    }
                });
            }
        });
    }

    /** Does it in a thread of its own. */
    public static void run(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (Exception e) {
                        // It is over.
                    }
                },
                "raw-server");
        thread.setDaemon(true);
        thread.start();
    }

    public int port() {
        return listening.getLocalPort();
    }

    /** Where a client finds it, with {@code http} or {@code https} for the scheme. */
    public String url(String scheme) {
        return scheme + "://127.0.0.1:" + port();
    }

    /** Listens no more; connections that are open live on. */
    @Override
    public void close() throws IOException {
        listening.close();
    }

    /** @param text each character one byte */
    public static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Writes on and on, until the client has enough. */
    public static void repeat(Socket socket, String begin, String more, int pauseMillis) throws Exception {
        write(socket, begin);
        byte[] bytes = more.getBytes(StandardCharsets.ISO_8859_1);
        while (true) {
            socket.getOutputStream().write(bytes);
            if (pauseMillis > 0) {
                Thread.sleep(pauseMillis);
            }
        }
    }

    /** Reads what comes, and says nothing. */
    public static void silence(Socket socket) throws IOException {
        socket.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
    }

    /** Serves once the client has said something; what else it says is read too, or a reset would take the answer with it. */
    public static Serving afterRequest(Serving serving) {
        return socket -> {
            if (socket.getInputStream().read() >= 0) {
                run(() -> silence(socket));
                serving.serve(socket);
            }
        };
    }

    /** Passes on what comes, both ways; when one end closes, so does the other. */
    static void join(Socket client, Socket server) throws IOException {
        run(() -> pump(server, client));
        pump(client, server);
    }

    private static void pump(Socket from, Socket to) throws IOException {
        try (from;
                to) {
            from.getInputStream().transferTo(to.getOutputStream());
        }
    }
}
