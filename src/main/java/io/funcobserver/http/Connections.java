package io.funcobserver.http;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;

/**
 * The open connections of a server: bounds their number, and cuts off what is idle, slow or without end.
 *
 * <p>Vert.x counts no connections, and its idle time-out begins anew with every byte, so that a client that sends one
 * byte a second holds a connection for ever.
 */
final class Connections {
    private static final double NANOS = Duration.ofSeconds(1).toNanos();

    private final ServerLimits limits;
    private final LongSupplier nanoTime;
    /** Those whose sender keeps us waiting, for a request's head or its body; the longest first. */
    private final Map<HttpConnection, Awaited> awaited = new LinkedHashMap<>();
    /** Those that wait for us, since when; the longest first. */
    private final Map<HttpConnection, Long> busy = new LinkedHashMap<>();

    /** @param request whose body is awaited; null while it is the head */
    private record Awaited(long since, HttpServerRequest request) {}

    Connections(ServerLimits limits, LongSupplier nanoTime) {
        this.limits = limits;
        this.nanoTime = nanoTime;
    }

    /**
     * Takes a new connection in, where there are too many in the place of the one that is awaited longest: who is as quick
     * as a sender is has never been waited for that long.
     */
    synchronized void opened(HttpConnection connection) {
        if (awaited.size() + busy.size() >= limits.connections()) {
            sortOut();
            Iterator<HttpConnection> longest = awaited.keySet().iterator();
            if (!longest.hasNext()) {
                connection.close();
                return;
            }
            HttpConnection evicted = longest.next();
            longest.remove();
            evicted.close();
        }
        awaited.put(connection, new Awaited(nanoTime.getAsLong(), null));
        connection.closeHandler(closed -> closed(connection));
    }

    /** The head of a request is there. */
    synchronized void begins(HttpConnection connection, HttpServerRequest request) {
        if (awaited.remove(connection) != null) {
            awaited.put(connection, new Awaited(nanoTime.getAsLong(), request));
        }
    }

    /** A request is answered. */
    synchronized void ends(HttpConnection connection) {
        boolean open = busy.containsKey(connection) || awaited.containsKey(connection);
        closed(connection);
        if (open) {
            awaited.put(connection, new Awaited(nanoTime.getAsLong(), null));
        }
    }

    private synchronized void closed(HttpConnection connection) {
        awaited.remove(connection);
        busy.remove(connection);
    }

    /** Closes what has taken too long; to be called now and then. */
    synchronized void cutOff() {
        sortOut();
        long now = nanoTime.getAsLong();
        List<HttpConnection> late = new ArrayList<>();
        awaited.forEach((connection, wait) -> {
            if (now - wait.since() >= patience(wait.request())) {
                late.add(connection);
            }
        });
        busy.forEach((connection, since) -> {
            if (now - since >= limits.request().toNanos()) {
                late.add(connection);
            }
        });
        for (HttpConnection connection : late) {
            closed(connection);
            connection.close();
        }
    }

    private long patience(HttpServerRequest request) {
        double body = request == null || limits.bodyRate() == 0 ? 0 : NANOS * request.bytesRead() / limits.bodyRate();
        return limits.header().toNanos() + (long) body;
    }

    /** Moves to the busy ones what has arrived whole since the last look. */
    private void sortOut() {
        Iterator<Map.Entry<HttpConnection, Awaited>> all = awaited.entrySet().iterator();
        while (all.hasNext()) {
            Map.Entry<HttpConnection, Awaited> next = all.next();
            HttpServerRequest request = next.getValue().request();
            if (request != null && request.isEnded()) {
                all.remove();
                busy.put(next.getKey(), nanoTime.getAsLong());
            }
        }
    }

    synchronized int open() {
        return awaited.size() + busy.size();
    }
}
