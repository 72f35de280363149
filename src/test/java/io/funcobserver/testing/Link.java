package io.funcobserver.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A wire to a server on this machine that can break in the middle of what the server says, or lead to another server. */
public final class Link implements AutoCloseable {
    private final RawServer listening;
    private final int server;
    private final List<Socket> open = new ArrayList<>();
    private final AtomicLong budget = new AtomicLong(Long.MAX_VALUE);
    private final AtomicInteger cuts = new AtomicInteger();
    private volatile boolean silent;
    private volatile RawServer.Serving other;

    /** @param server the port of the server behind it */
    public Link(int server) throws IOException {
        this.server = server;
        this.listening = new RawServer(this::serve);
    }

    public int port() {
        return listening.port();
    }

    /** When the server has said so many more bytes, over all connections, the one that says them breaks. */
    public void cutAfter(long bytes) {
        budget.set(bytes);
    }

    /** Lets nothing through any more, and breaks nothing: a network that drops packets. */
    public void fallSilent() {
        silent = true;
    }

    /** Ends the silence; what was said in it is lost. */
    public void speak() {
        cutAll();
        silent = false;
    }

    /** Breaks every connection now. */
    public void cutAll() {
        synchronized (open) {
            open.forEach(Link::reset);
            open.clear();
        }
    }

    /** Breaks every connection, and leads the next ones there. */
    public void leadTo(RawServer.Serving there) {
        other = there;
        cutAll();
    }

    /** Breaks every connection, and leads the next ones to the server again. */
    public void leadBack() {
        leadTo(null);
    }

    /** How often {@link #cutAfter} has cut. */
    public int cuts() {
        return cuts.get();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        cutAll();
    }

    private void serve(Socket client) throws Exception {
        RawServer.Serving there = other;
        if (there != null) {
            remember(client);
            there.serve(client);
            return;
        }
        Socket behind;
        try {
            behind = new Socket(InetAddress.getLoopbackAddress(), server);
        } catch (IOException e) {
            reset(client);
            return;
        }
        remember(client, behind);
        RawServer.run(() -> pump(behind, client, true));
        pump(client, behind, false);
    }

    private void remember(Socket... sockets) {
        synchronized (open) {
            open.addAll(List.of(sockets));
        }
    }

    private void pump(Socket from, Socket to, boolean counted) throws IOException {
        byte[] buffer = new byte[4096];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                if (counted && budget.get() != Long.MAX_VALUE && budget.addAndGet(-n) < 0) {
                    budget.set(Long.MAX_VALUE);
                    cuts.incrementAndGet();
                    return;
                }
                if (!silent) {
                    out.write(buffer, 0, n);
                }
            }
        } finally {
            reset(from);
            reset(to);
        }
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            // It is closed already.
        }
    }
}
