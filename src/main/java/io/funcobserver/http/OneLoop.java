package io.funcobserver.http;

import java.util.concurrent.ThreadFactory;

import io.netty.channel.EventLoopGroup;
import io.vertx.core.impl.transports.JDKTransport;

/**
 * Lets the one thread that serves connections take them in too.
 *
 * <p>Vert.x has a thread of its own for that, which takes in whatever comes while the other is busy: thousands of
 * connections, each with a file handle and its memory, before the first of them can be refused.
 */
final class OneLoop extends JDKTransport {
    private EventLoopGroup loop;

    /** @return the same for both kinds */
    @Override
    public synchronized EventLoopGroup eventLoopGroup(int type, int threads, ThreadFactory factory, int ioRatio) {
        if (loop == null) {
            loop = super.eventLoopGroup(type, threads, factory, ioRatio);
        }
        return loop;
    }
}
