package io.funcobserver.kafka;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** A compacted topic, read whole: the newest record of each key. */
final class LatestRecords {
    private static final Duration POLL = Duration.ofMillis(200);
    /** Longer than a transaction of a dead process stays open. */
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(30);

    private LatestRecords() {}

    /** The value of each key, as of now. */
    static Map<String, byte[]> of(KafkaClients clients, String topic) {
        Map<String, byte[]> values = new LinkedHashMap<>();
        records(clients, topic).forEach((key, newest) -> values.put(key, newest.value()));
        return values;
    }

    /**
     * The newest record of each key in the order in which they were written, of transactions that were committed.
     *
     * <p>Up to what stands in the topic at this moment: where a transaction of someone else is still open there, which hides
     * what was committed behind it, its end is waited for.
     */
    static Map<String, ConsumerRecord<String, byte[]>> records(KafkaClients clients, String topic) {
        Map<String, ConsumerRecord<String, byte[]>> newest = new LinkedHashMap<>();
        try (Consumer<String, byte[]> ends = clients.reader(false);
                Consumer<String, byte[]> reader = clients.reader(true)) {
            List<PartitionInfo> known = ends.partitionsFor(topic);
            if (known.isEmpty()) {
                throw new UnknownTopicOrPartitionException("the topic " + topic + " is not there");
            }
            List<TopicPartition> partitions = known.stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            Map<TopicPartition, Long> end = ends.endOffsets(partitions);
            reader.assign(partitions);
            reader.seekToBeginning(partitions);
            long begin = System.nanoTime();
            while (partitions.stream().anyMatch(partition -> reader.position(partition) < end.get(partition))) {
                if (System.nanoTime() - begin > LONGEST_NANOS) {
                    throw new TimeoutException("the end of " + topic + " is hidden by a transaction that does not end");
                }
                for (ConsumerRecord<String, byte[]> read : reader.poll(POLL)) {
                    newest.remove(read.key());
                    if (read.value() != null) {
                        newest.put(read.key(), read);
                    }
                }
            }
        }
        return newest;
    }
}
