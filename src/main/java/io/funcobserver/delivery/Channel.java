package io.funcobserver.delivery;

import io.funcobserver.observe.Destination;
import io.funcobserver.observe.RateLimitedLog;
import io.funcobserver.spool.Backlog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One destination, and what is to be said of its delivery. */
final class Channel {
    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);

    final Target target;
    final Backlog backlog;
    final Destination destination;
    final RateLimitedLog targetLog = new RateLimitedLog(LOG::warn);
    final RateLimitedLog rejectedLog = new RateLimitedLog(LOG::warn);
    final RateLimitedLog localLog = new RateLimitedLog(LOG::error);

    volatile Delivery.Waiting waiting;

    Channel(Target target, Backlog backlog) {
        this.target = target;
        this.backlog = backlog;
        this.destination = backlog.destination();
    }

    TargetUrl url() {
        return target.url(destination.category());
    }

    String part(String prefix) {
        return prefix + '.' + destination.label();
    }
}
