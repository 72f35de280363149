package io.funcobserver.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/**
 * A receiver that costs little: it unpacks a body, counts bytes and line feeds, and answers. What it costs is the same for
 * the product and for the floor.
 */
final class CountingReceiver implements AutoCloseable {
    static {
        // The JDK's server otherwise delays a small answer on a kept connection by 40 ms; read once, by its classes.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    /** What has been acknowledged so far. */
    record Count(long requests, long wireBytes, long bytes, long lineFeeds, long nanoTime) {
        Count minus(Count earlier) {
            return new Count(
                    requests - earlier.requests,
                    wireBytes - earlier.wireBytes,
                    bytes - earlier.bytes,
                    lineFeeds - earlier.lineFeeds,
                    nanoTime - earlier.nanoTime);
        }
    }

    /** Is told of each acknowledged body. */
    @FunctionalInterface
    interface Listener {
        void body(byte[] bytes, int length, long nanoTime);
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(4);
    private volatile int status = 200;
    private volatile Listener listener;
    private Count count = new Count(0, 0, 0, 0, System.nanoTime());

    CountingReceiver() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.setExecutor(threads);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Every body is answered so from now on; only those with 200 count. */
    void answerWith(int newStatus) {
        status = newStatus;
    }

    /** Bodies are kept whole for the listener, which costs more than counting: null to stop. */
    void tell(Listener newListener) {
        listener = newListener;
    }

    synchronized Count count() {
        return new Count(count.requests, count.wireBytes, count.bytes, count.lineFeeds, count.nanoTime);
    }

    /**
     * Waits until so many line feeds have been acknowledged since then.
     *
     * @return what came in between, with the time of the last answer
     */
    synchronized Count await(Count since, long lineFeeds, long seconds) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (count.lineFeeds - since.lineFeeds < lineFeeds) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                throw new IllegalStateException("only " + (count.lineFeeds - since.lineFeeds) + " of " + lineFeeds
                        + " line feeds arrived within " + seconds + " s");
            }
            wait(left);
        }
        return count.minus(since);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (status != 200) {
                exchange.getRequestBody().readAllBytes();
                exchange.sendResponseHeaders(status, -1);
                return;
            }
            byte[] packed = exchange.getRequestBody().readAllBytes();
            Listener told = listener;
            long bytes = 0;
            long lineFeeds = 0;
            byte[] whole = new byte[0];
            try (InputStream in = new GZIPInputStream(new java.io.ByteArrayInputStream(packed), 65536)) {
                if (told != null) {
                    whole = in.readAllBytes();
                    bytes = whole.length;
                    lineFeeds = lineFeeds(whole, whole.length);
                } else {
                    byte[] buffer = new byte[65536];
                    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                        bytes += n;
                        lineFeeds += lineFeeds(buffer, n);
                    }
                }
            }
            exchange.sendResponseHeaders(200, -1);
            add(packed.length, bytes, lineFeeds);
            if (told != null) {
                told.body(whole, whole.length, System.nanoTime());
            }
        } catch (IOException | RuntimeException e) {
            System.err.println("receiver: " + e);
            throw e;
        }
    }

    private static long lineFeeds(byte[] bytes, int length) {
        int lineFeeds = 0;
        for (int i = 0; i < length; i++) {
            lineFeeds += bytes[i] == '\n' ? 1 : 0;
        }
        return lineFeeds;
    }

    private synchronized void add(long wireBytes, long bytes, long lineFeeds) {
        count = new Count(
                count.requests + 1,
                count.wireBytes + wireBytes,
                count.bytes + bytes,
                count.lineFeeds + lineFeeds,
                System.nanoTime());
        notifyAll();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
