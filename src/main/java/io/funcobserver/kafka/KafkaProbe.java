package io.funcobserver.kafka;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import io.funcobserver.check.Findings;
import io.funcobserver.config.Settings;
import io.funcobserver.diagnosis.Causes;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;

/** Asks the brokers whether the topics are there and keep what they are given; only with {@code spool=kafka}. */
final class KafkaProbe {
    private static final long DAY_MILLIS = 24 * 60 * 60 * 1000L;

    private final Settings settings;
    private final Findings found;
    private final KafkaTopics topics;

    KafkaProbe(Settings settings, Findings found) {
        this.settings = settings;
        this.found = found;
        this.topics = new KafkaTopics(settings);
    }

    void test() {
        try (KafkaClients clients = new KafkaClients(settings, null);
                Admin admin = clients.admin()) {
            Map<String, TopicDescription> there = topics.existing(admin);
            found.ok(clients.brokers() + " answers");
            List<String> missing = topics.all().stream()
                    .filter(name -> !there.containsKey(name))
                    .toList();
            if (!missing.isEmpty()) {
                missing(admin, missing);
            }
            there.forEach((name, topic) -> kept(admin, name, topic));
        } catch (KafkaException e) {
            found.fail(settings.text("kafka.brokers") + " cannot be asked: " + Causes.oneLine(e)
                    + "; see kafka.brokers, kafka.security.protocol and what goes with it, and whether the"
                    + " brokers run");
        }
    }

    /** Whether this user may create them, without creating any. */
    private void missing(Admin admin, List<String> missing) {
        List<NewTopic> wanted = missing.stream().map(topics::definition).toList();
        try {
            KafkaTopics.await(admin.createTopics(wanted, new CreateTopicsOptions().validateOnly(true))
                    .all());
            found.ok("the topics " + String.join(", ", missing) + " are created at the start of run");
        } catch (KafkaException e) {
            found.fail("the topics " + String.join(", ", missing) + " are missing, and cannot be created ("
                    + Causes.oneLine(e) + "); let this user create them, or do it yourself: "
                    + wanted.stream().map(KafkaProbe::command).collect(Collectors.joining("; ")));
        }
    }

    private static String command(NewTopic topic) {
        String partitions = topic.numPartitions() > 0 ? " --partitions " + topic.numPartitions() : "";
        return "kafka-topics.sh --create --topic " + topic.name() + partitions
                + topic.configs().entrySet().stream()
                        .map(option -> " --config " + option.getKey() + '=' + option.getValue())
                        .sorted()
                        .collect(Collectors.joining());
    }

    private void kept(Admin admin, String name, TopicDescription topic) {
        int replicas = topic.partitions().stream()
                .mapToInt(partition -> partition.replicas().size())
                .min()
                .orElse(0);
        try {
            Config config = topics.configuration(admin, name);
            int inSync = Integer.parseInt(
                    config.get(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG).value());
            if (replicas < 2) {
                found.warn(name + " has one replica: what is acknowledged is lost with its disk; give it three, and"
                        + " min.insync.replicas=2");
            } else if (inSync < 2) {
                found.warn(name + " has min.insync.replicas=1: one broker alone may acknowledge, and lose it; set 2");
            }
            String policy = config.get(TopicConfig.CLEANUP_POLICY_CONFIG).value();
            boolean isCompacted = policy.contains(TopicConfig.CLEANUP_POLICY_COMPACT);
            if (name.equals(topics.cursors()) && !policy.equals(TopicConfig.CLEANUP_POLICY_COMPACT)) {
                found.fail(name + " has cleanup.policy=" + policy + ": cursors would be deleted; set compact");
            } else if (name.equals(topics.deadLetters()) && !isCompacted) {
                found.fail(name + " has cleanup.policy=" + policy
                        + ": replayed dead letters would stay; set compact,delete");
            } else if (!name.equals(topics.cursors()) && !name.equals(topics.deadLetters())) {
                requests(name, isCompacted, config);
            }
        } catch (AuthorizationException e) {
            found.warn("this user may not see how " + name + " is configured; let it DescribeConfigs");
        }
    }

    private void requests(String name, boolean isCompacted, Config config) {
        if (isCompacted) {
            found.fail(name + " is compacted: only the newest request of each source would be kept; set delete");
            return;
        }
        long retention =
                Long.parseLong(config.get(TopicConfig.RETENTION_MS_CONFIG).value());
        if (retention >= 0 && retention < DAY_MILLIS) {
            found.warn(name + " deletes what is older than " + retention / 1000
                    + " s, delivered or not; set retention.ms to as long as a target may be away");
        } else {
            found.ok(name + " is there");
        }
    }
}
