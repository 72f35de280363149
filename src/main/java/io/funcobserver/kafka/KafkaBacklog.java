package io.funcobserver.kafka;

import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.funcobserver.delivery.Target;
import io.funcobserver.kafka.PatientConsumer.Membership;
import io.funcobserver.observe.Destination;
import io.funcobserver.observe.Metrics;
import io.funcobserver.spool.Backlog;
import org.apache.kafka.common.TopicPartition;

/** The messages that wait for one target in the partitions that this process has: the sum over all processes is all. */
public final class KafkaBacklog implements Backlog {
    private final Destination destination;
    private final Set<Membership> members;
    private final Clock clock;
    /** When the message that is being delivered was written, in UNIX milliseconds; 0 for none. */
    private volatile long oldest;
    /** By partition, when the last message was written that was taken from it. */
    private final Map<TopicPartition, Long> reached = new ConcurrentHashMap<>();

    private KafkaBacklog(Destination destination, Set<Membership> members, Clock clock, Metrics metrics) {
        this.destination = destination;
        this.members = members;
        this.clock = clock;
        metrics.gauge("spool_files", this, KafkaBacklog::requests, destination.labels());
        metrics.gauge("spool_oldest_age_seconds", this, KafkaBacklog::oldestAgeSeconds, destination.labels());
    }

    /** One for each target and category. */
    public static List<KafkaBacklog> of(
            List<Target> targets, KafkaClients clients, KafkaTopics topics, Clock clock, Metrics metrics) {
        return Destination.all(targets.stream().map(Target::name).toList()).stream()
                .map(to -> new KafkaBacklog(to, clients.members(topics.group(to)), clock, metrics))
                .toList();
    }

    @Override
    public Destination destination() {
        return destination;
    }

    @Override
    public long requests() {
        return members.stream().mapToLong(Membership::waiting).sum();
    }

    void delivering(TopicPartition partition, long epochMillis) {
        oldest = epochMillis;
        reached.put(partition, epochMillis);
    }

    /** What was written before is delivered, as far as it is for this process to deliver; null where nothing waits. */
    public Instant waitingSince() {
        return members.stream()
                .flatMap(member -> member.behind().stream())
                .map(partition -> Instant.ofEpochMilli(reached.getOrDefault(partition, 0L)))
                .min(Comparator.naturalOrder())
                .orElse(null);
    }

    void delivered() {
        oldest = 0;
    }

    private double oldestAgeSeconds() {
        long written = oldest;
        return written == 0 ? 0 : Math.max(0, clock.millis() - written) / 1000.0;
    }
}
