package io.funcobserver.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.funcobserver.config.Settings;
import io.funcobserver.lineprotocol.Category;
import io.funcobserver.observe.Destination;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * The topics: one for each category, with a group of consumers for each target; the dead letters; the cursors of the tails.
 */
public final class KafkaTopics {

    private final String prefix;
    private final int partitions;
    private final long deadLetterBytes;

    public KafkaTopics(Settings settings) {
        this.prefix = settings.text("kafka.topic-prefix");
        this.partitions = settings.number("kafka.partitions");
        this.deadLetterBytes = settings.size("dead-letter.max-size");
    }

    public String requests(Category category) {
        return prefix + '.' + category.id();
    }

    public String deadLetters() {
        return prefix + ".dead-letter";
    }

    public String cursors() {
        return prefix + ".cursors";
    }

    /** The group whose consumers deliver to it. */
    String group(Destination destination) {
        return prefix
                + '.'
                + destination.target()
                + '.'
                + destination.category().id();
    }

    /** Under which one process at a time writes for a tail, or replays. */
    String transactionalId(String of) {
        return prefix + '.' + of;
    }

    /** All of them. */
    public List<String> all() {
        return Stream.concat(Stream.of(Category.values()).map(this::requests), Stream.of(deadLetters(), cursors()))
                .toList();
    }

    /** As the product would create it. */
    NewTopic definition(String name) {
        if (name.equals(cursors())) {
            // Small, since a tail that takes over reads it whole.
            return topic(
                    name,
                    1,
                    "cleanup.policy=compact",
                    "segment.bytes=" + (16 << 20),
                    "segment.ms=" + TimeUnit.MINUTES.toMillis(10),
                    "min.cleanable.dirty.ratio=0.1");
        }
        if (name.equals(deadLetters())) {
            // A dead letter is there until it is replayed, which a tombstone of its key says.
            return topic(
                    name,
                    1,
                    "cleanup.policy=compact,delete",
                    "retention.ms=-1",
                    "retention.bytes=" + deadLetterBytes,
                    "max.message.bytes=" + MessageSizes.DEAD_LETTER_TOPIC);
        }
        return topic(
                name,
                partitions,
                "retention.ms=" + TimeUnit.DAYS.toMillis(7),
                "max.message.bytes=" + MessageSizes.CREATED_TOPIC);
    }

    private static NewTopic topic(String name, int partitions, String... configuration) {
        return new NewTopic(name, Optional.of(partitions), Optional.empty())
                .configs(Stream.of(configuration)
                        .map(option -> option.split("=", 2))
                        .collect(Collectors.toMap(option -> option[0], option -> option[1])));
    }

    /**
     * Creates those that are missing, with the replication that the brokers give by default.
     *
     * @return which ones were created
     * @throws KafkaException when the brokers cannot be reached, or do not let this user create topics
     */
    List<String> create(Admin admin) {
        Set<String> there = existing(admin).keySet();
        List<NewTopic> missing = all().stream()
                .filter(name -> !there.contains(name))
                .map(this::definition)
                .toList();
        List<String> created = new ArrayList<>();
        admin.createTopics(missing).values().forEach((name, done) -> {
            try {
                await(done);
                created.add(name);
            } catch (TopicExistsException e) {
                // Another replica was faster.
                created.remove(name);
            }
        });
        return created;
    }

    /**
     * Those that are there.
     *
     * @throws KafkaException when the brokers cannot be reached
     */
    public Map<String, TopicDescription> existing(Admin admin) {
        Map<String, TopicDescription> existing = new TreeMap<>();
        admin.describeTopics(all()).topicNameValues().forEach((name, described) -> {
            try {
                existing.put(name, await(described));
            } catch (UnknownTopicOrPartitionException e) {
                existing.remove(name);
            }
        });
        return existing;
    }

    /**
     * How a topic is configured.
     *
     * @throws KafkaException when this user may not see that, or the topic is not there
     */
    public Config configuration(Admin admin, String name) {
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, name);
        return await(admin.describeConfigs(List.of(topic)).values().get(topic));
    }

    static <T> T await(Future<T> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof KafkaException failure) {
                throw failure;
            }
            throw new KafkaException(e.getCause());
        }
    }
}
