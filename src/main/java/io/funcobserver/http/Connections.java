package io.funcobserver.http;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

import io.vertx.core.http.HttpConnection;

/**
 * The open connections of a server: bounds their number, and cuts off what is idle, slow or without end.
 *
 * <p>Vert.x counts no connections, and its idle time-out begins anew with every byte, so that a client that sends one
 * byte a second holds a connection for ever.
 */
final class Connections {
    private final ServerLimits limits;
    private final LongSupplier nanoTime;
    /** Since when; the longest waiting first. */
    private final Map<HttpConnection, Long> waiting = new LinkedHashMap<>();

    private final Map<HttpConnection, Long> busy = new LinkedHashMap<>();

    Connections(ServerLimits limits, LongSupplier nanoTime) {
        this.limits = limits;
        this.nanoTime = nanoTime;
    }

    /** Takes a new connection in, in the place of the longest waiting one where there are too many. */
    synchronized void opened(HttpConnection connection) {
        if (waiting.size() + busy.size() >= limits.connections()) {
            Iterator<HttpConnection> longest = waiting.keySet().iterator();
            if (!longest.hasNext()) {
                connection.close();
                return;
            }
            HttpConnection evicted = longest.next();
            longest.remove();
            evicted.close();
        }
        waiting.put(connection, nanoTime.getAsLong());
        connection.closeHandler(closed -> closed(connection));
    }

    /** The head of a request is there. */
    synchronized void begins(HttpConnection connection) {
        if (waiting.remove(connection) != null) {
            busy.put(connection, nanoTime.getAsLong());
        }
    }

    /** A request is answered. */
    synchronized void ends(HttpConnection connection) {
        if (busy.remove(connection) != null) {
            waiting.put(connection, nanoTime.getAsLong());
        }
    }

    private synchronized void closed(HttpConnection connection) {
        waiting.remove(connection);
        busy.remove(connection);
    }

    /** Closes what has taken too long; to be called now and then. */
    synchronized void cutOff() {
        long now = nanoTime.getAsLong();
        cutOff(waiting, now - limits.header().toNanos());
        cutOff(busy, now - limits.request().toNanos());
    }

    private static void cutOff(Map<HttpConnection, Long> connections, long latest) {
        Iterator<Map.Entry<HttpConnection, Long>> oldest =
                connections.entrySet().iterator();
        while (oldest.hasNext()) {
            Map.Entry<HttpConnection, Long> next = oldest.next();
            if (next.getValue() - latest > 0) {
                return;
            }
            oldest.remove();
            next.getKey().close();
        }
    }

    synchronized int open() {
        return waiting.size() + busy.size();
    }
}
