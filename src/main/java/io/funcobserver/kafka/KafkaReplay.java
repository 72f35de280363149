package io.funcobserver.kafka;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

import io.funcobserver.config.Settings;
import io.funcobserver.delivery.DeadLetterReport;
import io.funcobserver.delivery.DeadLetters;
import io.funcobserver.delivery.Replay;
import io.funcobserver.diagnosis.Causes;
import io.funcobserver.spool.BatchLimits;
import io.funcobserver.spool.Gzip;
import io.funcobserver.spool.Kind;
import io.funcobserver.spool.LineBlock;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;

/**
 * Lists the dead letters of the topic, and puts them back on their way: their lines as requests for the one target, and a
 * tombstone for each, in one transaction. So none is lost and none is sent twice by it.
 */
public final class KafkaReplay implements AutoCloseable {
    private static final String SOURCE = "replay";

    private final KafkaClients clients;
    private final KafkaTopics topics;
    private final BatchLimits limits;

    public KafkaReplay(Settings settings, BatchLimits limits) {
        this.clients = new KafkaClients(settings, null);
        this.topics = new KafkaTopics(settings);
        this.limits = limits;
    }

    /**
     * What is there, oldest first.
     *
     * @throws IOException when Kafka cannot be read
     */
    public List<DeadLetters.Entry> list() throws IOException {
        return letters().stream().map(KafkaLetter::entry).toList();
    }

    private List<KafkaLetter> letters() throws IOException {
        try {
            return LatestRecords.of(clients, topics.deadLetters(), KafkaLetter::of).values().stream()
                    .filter(Objects::nonNull)
                    .toList();
        } catch (KafkaException e) {
            throw new IOException("the dead letters cannot be read from Kafka: " + Causes.oneLine(e), e);
        }
    }

    /**
     * Replays the named dead letters.
     *
     * @param names as {@link #list} gives them; empty for all but those whose lines may have changed
     * @throws IOException when Kafka cannot be read
     */
    public Replay.Result replay(List<String> names, Replay.Progress progress) throws IOException {
        List<KafkaLetter> all = letters();
        List<String> errors = new ArrayList<>();
        Set<KafkaLetter> chosen = names.isEmpty() ? undamaged(all, errors) : named(all, names, errors);
        Run run = new Run(progress, errors, chosen.size() + errors.size());
        try (Producer<String, byte[]> producer = clients.transactional(topics.transactionalId(SOURCE))) {
            producer.initTransactions();
            // Read once more, since their lines may be more than fits into memory.
            LatestRecords.forEach(clients, topics.deadLetters(), message -> {
                KafkaLetter letter = KafkaLetter.of(message);
                if (letter != null && chosen.contains(letter)) {
                    run.add(letter, message.value(), producer);
                }
            });
            run.flush(producer);
        } catch (KafkaException e) {
            errors.add("the dead letters from the " + (run.done + 1) + ". on are not replayed: " + Causes.oneLine(e));
        }
        return new Replay.Result(run.done, run.lines, errors);
    }

    private static Set<KafkaLetter> undamaged(List<KafkaLetter> all, List<String> errors) {
        Set<KafkaLetter> chosen = new HashSet<>();
        for (KafkaLetter letter : all) {
            if (letter.report() != null && letter.report().isDamaged()) {
                errors.add("\"" + letter.name()
                        + "\" is left alone: its lines may have changed; look at them, and give its"
                        + " name to replay it");
            } else {
                chosen.add(letter);
            }
        }
        return chosen;
    }

    private static Set<KafkaLetter> named(List<KafkaLetter> all, List<String> names, List<String> errors) {
        Set<KafkaLetter> chosen = new HashSet<>();
        for (String given : names) {
            List<KafkaLetter> found =
                    all.stream().filter(letter -> letter.isNamed(given)).toList();
            if (found.isEmpty()) {
                errors.add("there is no dead letter \"" + given + "\" (any more); see func-observer dead-letters");
            }
            chosen.addAll(found);
        }
        return chosen;
    }

    /** Gathers dead letters of one target and category until they fill a request. */
    private final class Run {
        private final Replay.Progress progress;
        private final List<String> errors;
        private final int files;
        private final List<KafkaLetter> gathered = new ArrayList<>();
        private final ByteArrayOutputStream content = new ByteArrayOutputStream();
        private List<DeadLetterReport> history = List.of();
        private long gatheredLines;
        private int done;
        private long lines;

        Run(Replay.Progress progress, List<String> errors, int files) {
            this.progress = progress;
            this.errors = errors;
            this.files = files;
        }

        void add(KafkaLetter letter, byte[] packed, Producer<String, byte[]> producer) {
            byte[] plain;
            try {
                plain = Gzip.unpack(packed);
            } catch (IOException e) {
                errors.add("\"" + letter.name() + "\" cannot be replayed: " + e.getMessage());
                return;
            }
            boolean other = !gathered.isEmpty()
                    && (!gathered.get(0).target().equals(letter.target())
                            || gathered.get(0).category() != letter.category());
            if (other
                    || content.size() + plain.length > limits.maxBytes()
                    || gatheredLines + letter.lines() > limits.maxLines()) {
                flush(producer);
            }
            gathered.add(letter);
            gatheredLines += letter.lines();
            content.writeBytes(plain);
            if (plain.length > 0 && plain[plain.length - 1] != '\n') {
                content.write('\n');
            }
            // The longest history stands for all.
            if (letter.report() != null && letter.report().history().size() >= history.size()) {
                history = letter.report().asHistory();
            }
        }

        void flush(Producer<String, byte[]> producer) {
            if (gathered.isEmpty()) {
                return;
            }
            KafkaLetter first = gathered.get(0);
            LineBlock block =
                    LineBlock.plain(SOURCE, first.category(), Kind.RECORD, content.toByteArray(), gatheredLines);
            String past = DeadLetterReport.json(history);
            producer.beginTransaction();
            new RequestSplitter(limits)
                    .split(
                            topics.requests(first.category()),
                            SOURCE,
                            block,
                            MessageSizes.DEFAULT_TOPIC,
                            bytes -> errors.add("a line of " + bytes + " bytes fits into no message"))
                    .forEach(request ->
                            producer.send(request.replayed(first.target(), past).producerRecord()));
            gathered.forEach(letter -> producer.send(new ProducerRecord<>(topics.deadLetters(), letter.key(), null)));
            producer.commitTransaction();
            done += gathered.size();
            lines += gatheredLines;
            progress.progress(done + errors.size(), files, lines);
            gathered.clear();
            content.reset();
            gatheredLines = 0;
            history = List.of();
        }
    }

    @Override
    public void close() {
        clients.close();
    }
}
