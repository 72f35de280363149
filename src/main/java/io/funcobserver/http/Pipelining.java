package io.funcobserver.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.ReferenceCountUtil;

/**
 * Closes a connection whose sender goes too far ahead of the answers.
 *
 * <p>Vert.x reads on while a request is answered, keeps every further one, and looks for the end of their list each time.
 */
final class Pipelining extends ChannelInboundHandlerAdapter {
    private final int most;
    private int ahead;

    /** @param most requests that may wait for the answers to those before them */
    Pipelining(int most) {
        this.most = most;
    }

    /** The longest waiting one is taken up. */
    void begins() {
        ahead--;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpRequest && ++ahead > most) {
            context.close();
        }
        if (ahead > most) {
            ReferenceCountUtil.release(message);
        } else {
            context.fireChannelRead(message);
        }
    }
}
