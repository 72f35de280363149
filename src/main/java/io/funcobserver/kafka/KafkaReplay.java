package io.funcobserver.kafka;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import io.funcobserver.config.Settings;
import io.funcobserver.delivery.DeadLetterReport;
import io.funcobserver.delivery.DeadLetters;
import io.funcobserver.delivery.Replay;
import io.funcobserver.diagnosis.Causes;
import io.funcobserver.spool.BatchLimits;
import io.funcobserver.spool.Category;
import io.funcobserver.spool.Gzip;
import io.funcobserver.spool.Kind;
import io.funcobserver.spool.LineBlock;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Headers;

/**
 * Lists the dead letters of the topic, and puts them back on their way: their lines as requests for the one target, and a
 * tombstone for each, in one transaction. So none is lost and none is sent twice by it.
 */
public final class KafkaReplay implements AutoCloseable {
    private static final Pattern ENDING = Pattern.compile("\\.(lp|json)$");
    private static final String SOURCE = "replay";
    private static final int MOST_HISTORY = 20;

    private final KafkaClients clients;
    private final KafkaTopics topics;
    private final BatchLimits limits;

    public KafkaReplay(Settings settings, BatchLimits limits) {
        this.clients = new KafkaClients(settings, null);
        this.topics = new KafkaTopics(settings);
        this.limits = limits;
    }

    private record Letter(
            String key, String target, Category category, String name, DeadLetterReport report, long lines) {
        static Letter of(ConsumerRecord<String, byte[]> read) {
            Headers headers = read.headers();
            String[] path = read.key().split("/", 3);
            DeadLetterReport report = KafkaDeadLetters.report(RequestMessage.text(headers, KafkaDeadLetters.REPORT));
            String lines = RequestMessage.text(headers, RequestMessage.LINES);
            return path.length < 3
                    ? null
                    : new Letter(
                            read.key(),
                            path[0],
                            Category.of(path[1]),
                            path[2],
                            report,
                            lines == null ? 0 : Long.parseLong(lines));
        }

        DeadLetters.Entry entry() {
            return report == null
                    ? new DeadLetters.Entry(name, target, category, lines, "", 0, "unknown: its report is missing", "")
                    : new DeadLetters.Entry(
                            name,
                            target,
                            category,
                            lines,
                            report.when(),
                            report.status(),
                            report.reason(),
                            report.answer());
        }

        boolean isNamed(String given) {
            String[] path = given.split("[/\\\\]");
            String last = path.length == 0
                    ? ""
                    : ENDING.matcher(path[path.length - 1]).replaceAll("");
            return last.equals(name)
                    && (path.length < 2 || path[path.length - 2].equals(category.id()))
                    && (path.length < 3 || path[path.length - 3].equals(target));
        }
    }

    private Map<Letter, byte[]> letters() throws IOException {
        Map<Letter, byte[]> letters = new LinkedHashMap<>();
        try {
            LatestRecords.records(clients, topics.deadLetters()).values().forEach(read -> {
                Letter letter = Letter.of(read);
                if (letter != null) {
                    letters.put(letter, read.value());
                }
            });
        } catch (KafkaException e) {
            throw new IOException("the dead letters cannot be read from Kafka: " + Causes.oneLine(e), e);
        }
        return letters;
    }

    /**
     * What is there, oldest first.
     *
     * @throws IOException when Kafka cannot be read
     */
    public List<DeadLetters.Entry> list() throws IOException {
        return letters().keySet().stream().map(Letter::entry).toList();
    }

    /**
     * Replays the named dead letters.
     *
     * @param names as {@link #list} gives them; empty for all but those whose lines may have changed
     * @throws IOException when Kafka cannot be read
     */
    public Replay.Result replay(List<String> names, Replay.Progress progress) throws IOException {
        Map<Letter, byte[]> all = letters();
        List<String> errors = new ArrayList<>();
        List<Letter> chosen = names.isEmpty() ? undamaged(all, errors) : named(all, names, errors);
        int files = chosen.size() + errors.size();
        Run run = new Run(progress, errors, files);
        try (Producer<String, byte[]> producer = clients.transactional(topics.transactionalId(SOURCE))) {
            producer.initTransactions();
            for (Letter letter : chosen) {
                run.add(letter, Gzip.unpack(all.get(letter)), producer);
            }
            run.flush(producer);
        } catch (KafkaException e) {
            errors.add("the dead letters from the " + (run.done + 1) + ". on are not replayed: " + Causes.oneLine(e));
        }
        return new Replay.Result(run.done, run.lines, errors);
    }

    private static List<Letter> undamaged(Map<Letter, byte[]> all, List<String> errors) {
        List<Letter> chosen = new ArrayList<>();
        for (Letter letter : all.keySet()) {
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

    private static List<Letter> named(Map<Letter, byte[]> all, List<String> names, List<String> errors) {
        List<Letter> chosen = new ArrayList<>();
        for (String given : names) {
            List<Letter> found = all.keySet().stream()
                    .filter(letter -> letter.isNamed(given))
                    .toList();
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
        private final List<Letter> gathered = new ArrayList<>();
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

        void add(Letter letter, byte[] plain, Producer<String, byte[]> producer) {
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
                List<DeadLetterReport> whole = letter.report().asHistory();
                history = whole.subList(Math.max(0, whole.size() - MOST_HISTORY), whole.size());
            }
        }

        void flush(Producer<String, byte[]> producer) {
            if (gathered.isEmpty()) {
                return;
            }
            Letter first = gathered.get(0);
            LineBlock block =
                    LineBlock.plain(SOURCE, first.category(), Kind.RECORD, content.toByteArray(), gatheredLines);
            producer.beginTransaction();
            new RequestSplitter(limits)
                    .split(
                            topics.requests(first.category()),
                            SOURCE,
                            block,
                            MessageSizes.DEFAULT_TOPIC,
                            bytes -> errors.add("a line of " + bytes + " bytes fits into no message"))
                    .forEach(request -> producer.send(
                            request.replayed(first.target(), json()).producerRecord()));
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

        private String json() {
            try {
                return KafkaDeadLetters.json(history);
            } catch (IOException e) {
                return Arrays.toString(new Object[0]);
            }
        }
    }

    @Override
    public void close() {
        clients.close();
    }
}
