package io.funcobserver.kafka;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
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

    /**
     * What is there of each key as of now, in the order in which it was written; of transactions those that were committed.
     *
     * @param kept what is kept in memory of each message; a null of it too
     */
    static <T> Map<String, T> of(KafkaClients clients, String topic, Function<ConsumerRecord<String, byte[]>, T> kept) {
        Map<String, T> newest = new LinkedHashMap<>();
        forEach(clients, topic, message -> {
            newest.remove(message.key());
            if (message.value() != null) {
                newest.put(message.key(), kept.apply(message));
            }
        });
        return newest;
    }

    /**
     * Takes each message up to what stands in the topic at this moment: where a transaction of someone else is still open
     * there, which hides what was committed behind it, its end is waited for.
     */
    static void forEach(
            KafkaClients clients, String topic, java.util.function.Consumer<ConsumerRecord<String, byte[]>> each) {
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
            long moved = System.nanoTime();
            while (partitions.stream().anyMatch(partition -> reader.position(partition) < end.get(partition))) {
                ConsumerRecords<String, byte[]> read = reader.poll(POLL);
                if (!read.isEmpty()) {
                    moved = System.nanoTime();
                } else if (System.nanoTime() - moved > LONGEST_NANOS) {
                    throw new TimeoutException("the end of " + topic + " is hidden by a transaction that does not end");
                }
                read.forEach(each);
            }
        }
    }
}
