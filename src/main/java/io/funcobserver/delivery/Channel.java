package io.funcobserver.delivery;

import io.funcobserver.lineprotocol.Category;
import io.funcobserver.observe.RateLimitedLog;
import io.funcobserver.spool.Backlog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One target and one category, and what is to be said of its delivery. */
final class Channel {
    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);

    final Target target;
    final Category category;
    final Backlog backlog;
    final RateLimitedLog targetLog = new RateLimitedLog(LOG::warn);
    final RateLimitedLog rejectedLog = new RateLimitedLog(LOG::warn);
    final RateLimitedLog localLog = new RateLimitedLog(LOG::error);

    volatile Delivery.Waiting waiting;

    Channel(Target target, Backlog backlog) {
        this.target = target;
        this.category = backlog.category();
        this.backlog = backlog;
    }

    TargetUrl url() {
        return target.url(category);
    }

    String part(String prefix) {
        return prefix + '.' + backlog.label();
    }
}
