package io.funcobserver.http;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

import io.netty.channel.ChannelHandlerContext;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;

/**
 * The open connections of a server: bounds their number, and cuts off what is idle, slow or without end.
 *
 * <p>Vert.x counts no connections, and its idle time-out begins anew with every byte, so that a client that sends one
 * byte a second holds a connection for ever.
 *
 * <p>All of it is called by the server's one event loop. A lock here would sooner or later be waited for by a thread that
 * answers, and holds Vert.x's lock of the connection, while the event loop waits for that one.
 */
final class Connections {
    private static final double NANOS = Duration.ofSeconds(1).toNanos();
    private static final int MOST_AHEAD = 16;

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
    void opened(HttpConnection connection) {
        if (awaited.size() + busy.size() >= limits.connections()) {
            sortOut();
            HttpConnection longest =
                    awaited.isEmpty() ? connection : awaited.keySet().iterator().next();
            cut(longest);
            if (longest == connection) {
                return;
            }
        }
        awaited.put(connection, new Awaited(nanoTime.getAsLong(), null));
        connection.closeHandler(closed -> closed(connection));
        ChannelHandlerContext vertx = netty(connection);
        vertx.pipeline().addBefore(vertx.name(), null, new Pipelining(MOST_AHEAD));
    }

    /** The head of a request is there, and all those before it are answered. */
    void begins(HttpConnection connection, HttpServerRequest request) {
        netty(connection).pipeline().get(Pipelining.class).begins();
        await(connection, request);
    }

    /** A request is answered. */
    void ends(HttpConnection connection, HttpServerRequest request) {
        Awaited next = awaited.get(connection);
        if (next == null || next.request() == request) {
            await(connection, null);
        }
    }

    private void await(HttpConnection connection, HttpServerRequest request) {
        if (closed(connection)) {
            awaited.put(connection, new Awaited(nanoTime.getAsLong(), request));
        }
    }

    /** @return false when it was not open any more */
    private boolean closed(HttpConnection connection) {
        return awaited.remove(connection) != null | busy.remove(connection) != null;
    }

    boolean isEmpty() {
        return awaited.isEmpty() && busy.isEmpty();
    }

    /** Closes what has taken too long; to be called now and then. */
    void cutOff() {
        sortOut();
        long now = nanoTime.getAsLong();
        List<HttpConnection> late = new ArrayList<>();
        awaited.forEach((connection, wait) -> {
            if (now - wait.since() >= patience(connection, wait.request())) {
                late.add(connection);
            }
        });
        busy.forEach((connection, since) -> {
            if (now - since >= limits.request().toNanos()) {
                late.add(connection);
            }
        });
        late.forEach(this::cut);
    }

    /** At once: Vert.x's own way to close waits until the other side has read what was written to it. */
    private void cut(HttpConnection connection) {
        closed(connection);
        netty(connection).close();
    }

    /** The place of Vert.x in the pipeline: what is done from here on does not pass through it. */
    private static ChannelHandlerContext netty(HttpConnection connection) {
        return ((ConnectionBase) connection).channelHandlerContext();
    }

    private long patience(HttpConnection connection, HttpServerRequest request) {
        if (!netty(connection).channel().isWritable()) {
            // It has yet to read the answer before.
            return limits.request().toNanos();
        }
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
}
