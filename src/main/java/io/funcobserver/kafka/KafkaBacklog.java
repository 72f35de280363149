package io.funcobserver.kafka;

import java.time.Clock;
import java.util.Set;

import io.funcobserver.kafka.PatientConsumer.Membership;
import io.funcobserver.observe.Metrics;
import io.funcobserver.spool.Backlog;
import io.funcobserver.spool.Category;

/** The messages that wait for one target in the partitions that this process has: the sum over all processes is all. */
final class KafkaBacklog implements Backlog {
    private final String target;
    private final Category category;
    private final Set<Membership> members;
    private final Clock clock;
    /** When the message that is being delivered was written, in UNIX milliseconds; 0 for none. */
    private volatile long oldest;

    KafkaBacklog(String target, Category category, Set<Membership> members, Clock clock, Metrics metrics) {
        this.target = target;
        this.category = category;
        this.members = members;
        this.clock = clock;
        String[] labels = {"category", category.id(), "target", target};
        metrics.gauge("spool_files", this, KafkaBacklog::requests, labels);
        metrics.gauge("spool_oldest_age_seconds", this, KafkaBacklog::oldestAgeSeconds, labels);
    }

    @Override
    public String target() {
        return target;
    }

    @Override
    public Category category() {
        return category;
    }

    @Override
    public long requests() {
        return members.stream().mapToLong(Membership::waiting).sum();
    }

    void delivering(long epochMillis) {
        oldest = epochMillis;
    }

    void delivered() {
        oldest = 0;
    }

    private double oldestAgeSeconds() {
        long written = oldest;
        return written == 0 ? 0 : Math.max(0, clock.millis() - written) / 1000.0;
    }
}
