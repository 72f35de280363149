package io.funcobserver.kafka;

import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;

import io.funcobserver.config.Settings;
import io.funcobserver.delivery.DeadLetterId;
import io.funcobserver.delivery.DeadLetterReport;
import io.funcobserver.delivery.DeadLetters;
import io.funcobserver.delivery.Replay;
import io.funcobserver.diagnosis.Causes;
import io.funcobserver.spool.BatchLimits;
import io.funcobserver.spool.Gzip;
import io.funcobserver.spool.LineBlock;
import io.funcobserver.spool.RequestSplitter;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;

import static java.util.stream.Collectors.toMap;

/**
 * Lists the dead letters of the topic, and puts them back on their way: their lines as requests for the one target, and a
 * tombstone for each, in one transaction. So none is lost and none is sent twice by it.
 */
public final class KafkaReplay extends Replay {
    private final KafkaClients clients;
    private final KafkaTopics topics;
    private final RequestSplitter splitter;
    private Map<DeadLetterId, KafkaLetter> there = Map.of();
    private Producer<String, byte[]> producer;

    public KafkaReplay(Settings settings, BatchLimits limits) {
        super(limits);
        this.clients = new KafkaClients(settings, null);
        this.topics = new KafkaTopics(settings);
        this.splitter = new RequestSplitter(limits);
    }

    @Override
    public List<DeadLetters.Entry> list() throws IOException {
        letters();
        return there.values().stream().map(KafkaLetter::entry).toList();
    }

    @Override
    protected Collection<DeadLetterId> letters() throws IOException {
        try {
            there = LatestRecords.of(clients, topics.deadLetters(), KafkaLetter::of).values().stream()
                    .filter(Objects::nonNull)
                    .collect(toMap(KafkaLetter::id, Function.identity(), (a, b) -> b, LinkedHashMap::new));
            return there.keySet();
        } catch (KafkaException e) {
            throw new IOException("the dead letters cannot be read from Kafka: " + Causes.oneLine(e), e);
        }
    }

    @Override
    protected DeadLetterReport report(DeadLetterId letter) {
        return there.get(letter).entry().report();
    }

    /** Reads the topic once more, since the lines may be more than fits into memory. */
    @Override
    protected void read(Set<DeadLetterId> chosen, BiConsumer<DeadLetterId, Content> reader) throws IOException {
        try {
            LatestRecords.forEach(clients, topics.deadLetters(), message -> {
                KafkaLetter letter = KafkaLetter.of(message);
                // Not an older one of the same name.
                if (letter != null && chosen.contains(letter.id()) && letter.equals(there.get(letter.id()))) {
                    reader.accept(letter.id(), () -> Gzip.unpack(message.value()));
                }
            });
        } catch (KafkaException e) {
            throw new IOException(Causes.oneLine(e), e);
        }
    }

    @Override
    protected void send(LineBlock block, List<DeadLetterReport> history, List<DeadLetterId> letters)
            throws IOException {
        String target = letters.get(0).destination().target();
        String past = DeadLetterReport.json(history);
        int largest = MessageSizes.DEFAULT_TOPIC - MessageSizes.OVERHEAD;
        try {
            if (producer == null) {
                producer = clients.transactional(topics.transactionalId(SOURCE));
                producer.initTransactions();
            }
            producer.beginTransaction();
            splitter.split(block, largest).stream()
                    .map(request -> RequestMessage.of(topics.requests(block.category()), SOURCE, request))
                    .forEach(request ->
                            producer.send(request.replayed(target, past).producerRecord()));
            letters.forEach(
                    letter -> producer.send(new ProducerRecord<>(topics.deadLetters(), KafkaLetter.key(letter), null)));
            producer.commitTransaction();
        } catch (KafkaException e) {
            throw new IOException(Causes.oneLine(e), e);
        }
    }

    @Override
    public void close() {
        if (producer != null) {
            producer.close();
        }
        clients.close();
    }

    /** Where the dead letters are. */
    @Override
    public String toString() {
        return "the Kafka topic " + topics.deadLetters();
    }
}
