package io.funcobserver.delivery;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.UnaryOperator;

import io.funcobserver.diagnosis.NetworkDiagnosis;
import io.funcobserver.diagnosis.PrintableText;
import io.funcobserver.observe.HealthState;
import io.funcobserver.observe.Metrics;
import io.funcobserver.observe.RateLimitedLog;
import io.funcobserver.spool.Category;
import io.funcobserver.spool.Gzip;
import io.funcobserver.spool.Spool;
import io.funcobserver.spool.SpoolFile;
import io.funcobserver.spool.SpoolFolder;
import org.apache.camel.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Route;
import org.apache.camel.StatefulService;
import org.apache.camel.Variable;
import org.apache.camel.component.file.GenericFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the routes of {@code routes/delivery.camel.yaml} cannot say: which bytes go out, what an answer means, and how long
 * to wait.
 *
 * <p>The routes name the target and the category in the exchange variables {@code target} and {@code category}.
 */
public final class Delivery {
    /** Exchange variable with the {@link Halving} of a rejected request. */
    static final String HALVING = "halving";

    /** Exchange variable with the {@link Answer} to the last request. */
    static final String ANSWER = "answer";

    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);
    private static final String STATUS = "status";
    private static final String TEXT = "text";
    private static final String FILE = "file";
    private static final String MODIFIED = "modified";
    private static final String LINES = "lines";
    /** Exchange property: whether a request is made, and not answered for good. */
    private static final String POSTING = "posting";

    private static final int ANSWER_BYTES = 2048;
    private static final int LOGGED_ANSWER = 200;
    private static final double JITTER = 0.2;
    private static final int REMEMBERED = 10_000;

    /**
     * How failures are handled.
     *
     * @param delay before the first repetition
     * @param maxDelay the longest pause
     * @param bisectRequests the most requests spent on halving one
     */
    public record Retry(Duration delay, Duration maxDelay, int bisectRequests) {}

    /**
     * What a delivery waits for.
     *
     * @param attempts how often the request at hand was not accepted
     * @param next when it is made again
     * @param reason why it was not accepted
     */
    public record Waiting(int attempts, Instant next, String reason) {}

    /** One target and one category. */
    private static final class Channel {
        private final Target target;
        private final Category category;
        private final SpoolFolder folder;
        private final RateLimitedLog targetLog = new RateLimitedLog(LOG::warn);
        private final RateLimitedLog rejectedLog = new RateLimitedLog(LOG::warn);
        private final RateLimitedLog localLog = new RateLimitedLog(LOG::error);
        /** Files that are answered: where one of them is still there, it cannot be deleted. */
        private final Map<String, FileTime> answered = Collections.synchronizedMap(new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, FileTime> eldest) {
                return size() > REMEMBERED;
            }
        });

        private volatile Waiting waiting;

        Channel(Target target, SpoolFolder folder) {
            this.target = target;
            this.category = folder.category();
            this.folder = folder;
        }

        TargetUrl url() {
            return target.url(category);
        }

        String part(String prefix) {
            return prefix + '.' + folder.label();
        }
    }

    private final Map<String, Channel> channels = new TreeMap<>();
    private final Retry retry;
    private final HealthState health;
    private final Metrics metrics;
    private final Clock clock;
    private final UnaryOperator<String> redaction;

    /** @param redaction masks every secret that a text may repeat */
    public Delivery(
            List<Target> targets,
            Spool spool,
            Retry retry,
            HealthState health,
            Metrics metrics,
            Clock clock,
            UnaryOperator<String> redaction) {
        for (Target target : targets) {
            for (Category category : Category.values()) {
                Channel channel = new Channel(target, spool.folder(target.name(), category));
                channels.put(key(target.name(), category.id()), channel);
                metrics.delivery(target.name(), category);
            }
        }
        this.retry = retry;
        this.health = health;
        this.metrics = metrics;
        this.clock = clock;
        this.redaction = redaction;
    }

    private static String key(String target, String category) {
        return target + '/' + category;
    }

    private Channel channel(Exchange exchange) {
        return channels.get(
                key(exchange.getVariable("target", String.class), exchange.getVariable("category", String.class)));
    }

    /** What the delivery of a category to a target waits for; empty while it does not. */
    public Optional<Waiting> waiting(String target, Category category) {
        return Optional.ofNullable(channels.get(key(target, category.id())).waiting);
    }

    /** Whether a file of the spool is to be delivered: not one that is answered and cannot be deleted. */
    public boolean accepts(GenericFile<File> file) {
        Path path = file.getFile().toPath();
        for (Channel channel : channels.values()) {
            if (channel.folder.path().equals(path.getParent())) {
                return !isAnswered(channel, path);
            }
        }
        return true;
    }

    /** Whether the file is an answered one, which is still there because it cannot be deleted: it is tried again. */
    private boolean isAnswered(Channel channel, Path path) {
        FileTime answered = channel.answered.get(path.getFileName().toString());
        if (answered == null) {
            return false;
        }
        try {
            if (!answered.equals(Files.getLastModifiedTime(path))) {
                // Another one of the same name, put there by hand.
                return false;
            }
            Files.deleteIfExists(path);
            health.up(channel.part("delivery"));
        } catch (IOException e) {
            String reason = "the answered file " + path + " cannot be deleted: " + plain(e)
                    + "; delete it by hand before the next start, or it is sent once more";
            health.down(channel.part("delivery"), reason);
            channel.localLog.say("In the spool " + reason);
        }
        return true;
    }

    /**
     * Makes the request that a file is the body.
     *
     * @throws UnreadableFileException where it cannot be read
     * @throws DamagedFileException where it does not hold what was sealed
     */
    public void open(Exchange exchange) throws IOException, DamagedFileException {
        refuseWhileStopping(exchange);
        Channel channel = channel(exchange);
        Path path = exchange.getMessage().getBody(File.class).toPath();
        String name = path.getFileName().toString();
        exchange.setVariable(FILE, path);
        // Now, since the folder may be moved while the target answers.
        exchange.setVariable(MODIFIED, modified(path));
        channel.folder.delivering(name);
        byte[] packed = read(path);
        Optional<SpoolFile> known = SpoolFile.parse(name);
        long lines;
        if (known.isPresent()) {
            if (!known.get().matches(packed)) {
                throw damaged(exchange, channel, path, packed, "its checksum is not that of what was written");
            }
            lines = known.get().lines();
        } else {
            // Put there by hand: a receiver answers 200 to a broken gzip, and loses it.
            try {
                lines = Gzip.countLines(packed);
            } catch (IOException e) {
                throw damaged(exchange, channel, path, packed, plain(e));
            }
        }
        exchange.setVariable(LINES, lines);
        exchange.getMessage().setBody(channel.target.gzip() ? packed : Gzip.unpack(packed));
    }

    private static FileTime modified(Path path) {
        try {
            return Files.getLastModifiedTime(path);
        } catch (IOException e) {
            return null;
        }
    }

    private static byte[] read(Path path) throws UnreadableFileException {
        try {
            long size = Files.size(path);
            if (size > Runtime.getRuntime().maxMemory() / 4) {
                throw new IOException("its " + size + " bytes do not fit into memory");
            }
            return Files.readAllBytes(path);
        } catch (IOException e) {
            throw new UnreadableFileException(path + " cannot be read: " + plain(e), e);
        }
    }

    private DamagedFileException damaged(Exchange exchange, Channel channel, Path path, byte[] packed, String reason) {
        String name = path.getFileName().toString();
        byte[] readable = Gzip.unpackWhatCanBe(packed);
        long lines = SpoolFile.parse(name).map(SpoolFile::lines).orElse(0L);
        LOG.error("{} is damaged ({}): its {} lines are in the dead letters and not sent", path, reason, lines);
        exchange.setVariable(LINES, lines);
        channel.folder.damaged(lines);
        DeadLetterReport report = report(
                channel,
                0,
                "",
                DeadLetterReport.DAMAGED + reason + "; its lines may have changed: look at them before you replay them",
                lines,
                0,
                List.of());
        return new DamagedFileException(
                path + " is damaged: " + reason,
                DeadLetter.whole(
                        channel.target.name(), channel.category, SpoolFile.stem(name) + "_damaged", readable, report));
    }

    /** Moves a file that cannot be read out of the way, and goes on without it. */
    public void setAside(Exchange exchange) {
        Channel channel = channel(exchange);
        Path path = exchange.getVariable(FILE, Path.class);
        String name = path.getFileName().toString();
        if (!Files.exists(path)) {
            LOG.info("{} was deleted by someone else before it was sent", path);
            return;
        }
        long lines = SpoolFile.parse(name).map(SpoolFile::lines).orElse(0L);
        channel.folder.damaged(lines);
        Path aside = path.resolveSibling(name + ".unreadable");
        try {
            Files.move(path, aside);
            LOG.error("{} cannot be read; it is kept as {} and its {} lines are not sent", path, aside, lines);
        } catch (IOException e) {
            LOG.error("{} can be neither read nor moved; its {} lines are not sent: {}", path, lines, plain(e));
        }
        remember(exchange, channel, path);
    }

    private static void remember(Exchange exchange, Channel channel, Path path) {
        FileTime modified = exchange.getVariable(MODIFIED, FileTime.class);
        if (modified != null) {
            channel.answered.put(path.getFileName().toString(), modified);
        }
    }

    /** Gives the body the headers of a request; those of an answer before must not go to the target. */
    public void request(Exchange exchange) {
        Target target = channel(exchange).target;
        Message message = exchange.getMessage();
        message.removeHeaders("*");
        message.setHeader(Exchange.HTTP_URI, channel(exchange).url().uri().toString());
        message.setHeader(Exchange.CONTENT_TYPE, "text/plain; charset=utf-8");
        if (target.gzip()) {
            message.setHeader(Exchange.CONTENT_ENCODING, "gzip");
        }
        if (target.authorization() != null && !target.authorization().isEmpty()) {
            message.setHeader("Authorization", target.authorization());
        }
        // The body is gzip already; camel-http would pack it once more.
        exchange.setProperty(Exchange.SKIP_GZIP_ENCODING, true);
        exchange.setProperty(POSTING, true);
    }

    /**
     * Sorts the target's answer into the variable {@code answer}: accepted or rejected.
     *
     * @throws NotAcceptedException when the same request is to be made again later
     */
    public void sort(Exchange exchange) throws NotAcceptedException {
        Channel channel = channel(exchange);
        Message response = exchange.getMessage();
        int status = response.getHeader(Exchange.HTTP_RESPONSE_CODE, 0, Integer.class);
        metrics.post(channel.target.name(), channel.category, Integer.toString(status));
        String text = text(response);
        Object type = response.getHeader(Exchange.CONTENT_TYPE);
        Answer answer = Answer.of(status, type == null ? null : type.toString(), text);
        if (answer == Answer.NOT_NOW || answer == Answer.MISCONFIGURED) {
            Duration retryAfter = RetryAfter.parse(response.getHeader("Retry-After", String.class), clock.instant())
                    .orElse(null);
            throw new NotAcceptedException(
                    describe(channel, status, text, answer, response.getHeader("Location", String.class)), retryAfter);
        }
        exchange.setProperty(POSTING, false);
        exchange.setVariable(ANSWER, answer);
        exchange.setVariable(STATUS, status);
        exchange.setVariable(TEXT, text);
        channel.waiting = null;
        channel.targetLog.reset();
        HealthState.Down down = health.up(channel.part("target"));
        if (down != null) {
            LOG.info(
                    "{} answers again after {} s",
                    channel.url(),
                    Duration.between(down.since(), clock.instant()).toSeconds());
        }
    }

    /** Begins to look for the lines that a rejected request was rejected for. */
    public void halve(Exchange exchange) throws IOException {
        byte[] packed = read(exchange.getVariable(FILE, Path.class));
        exchange.setVariable(
                HALVING,
                new Halving(
                        Gzip.unpack(packed),
                        retry.bisectRequests(),
                        exchange.getVariable(STATUS, Integer.class),
                        exchange.getVariable(TEXT, String.class)));
    }

    /** Makes the lines of a piece, the body, the body. */
    public void piece(Exchange exchange) {
        refuseWhileStopping(exchange);
        Halving.Piece piece = exchange.getMessage().getBody(Halving.Piece.class);
        exchange.getMessage()
                .setBody(halving(exchange)
                        .content(piece, channel(exchange).target.gzip()));
    }

    /** Takes note of the answer to a piece. */
    public void decided(Exchange exchange) {
        Halving halving = halving(exchange);
        if (exchange.getVariable(ANSWER, Answer.class) == Answer.ACCEPTED) {
            delivered(channel(exchange), halving.current().lines());
            halving.accepted();
        } else {
            halving.rejected(exchange.getVariable(STATUS, Integer.class), exchange.getVariable(TEXT, String.class));
        }
    }

    private static Halving halving(Exchange exchange) {
        return exchange.getVariable(HALVING, Halving.class);
    }

    private void delivered(Channel channel, long lines) {
        metrics.pointsDelivered(channel.target.name(), channel.category, lines);
    }

    /** The dead letters of a request that was halved: one for each status. */
    public List<DeadLetter> letters(Exchange exchange) {
        Channel channel = channel(exchange);
        Halving halving = halving(exchange);
        Path path = exchange.getVariable(FILE, Path.class);
        String stem = SpoolFile.stem(path.getFileName().toString());
        Map<Integer, List<Halving.Rejected>> byStatus = new TreeMap<>();
        for (Halving.Rejected rejected : halving.rejections()) {
            byStatus.computeIfAbsent(rejected.status(), s -> new ArrayList<>()).add(rejected);
        }
        List<DeadLetterReport> history = DeadLetters.history(path);
        List<DeadLetter> letters = new ArrayList<>();
        byStatus.forEach((status, rejections) -> {
            List<int[]> ranges =
                    rejections.stream().map(r -> halving.range(r.piece())).toList();
            long count = rejections.stream().mapToLong(r -> r.piece().lines()).sum();
            // Where a part was given up undecided, that is what the reader has to know.
            Halving.Rejected shown =
                    rejections.stream().filter(r -> !r.decided()).findFirst().orElse(rejections.get(0));
            letters.add(new DeadLetter(
                    channel.target.name(),
                    channel.category,
                    stem + '_' + status,
                    halving.content(),
                    ranges,
                    report(channel, status, shown.answer(), shown.reason(), count, halving.requests() + 1L, history)));
        });
        sayGivenUp(channel, halving);
        return letters;
    }

    private void sayGivenUp(Channel channel, Halving halving) {
        List<Halving.Rejected> rejected = halving.rejections();
        if (!rejected.isEmpty()) {
            Halving.Rejected first = rejected.get(0);
            channel.rejectedLog.say(String.format(
                    "Gave up %d of %d %s lines: %s answered %d: %s; see func-observer dead-letters",
                    rejected.stream().mapToInt(r -> r.piece().lines()).sum(),
                    halving.lines(),
                    channel.category.id(),
                    channel.url(),
                    first.status(),
                    excerpt(first.answer())));
        }
    }

    private DeadLetterReport report(
            Channel channel,
            int status,
            String answer,
            String reason,
            long lines,
            long attempts,
            List<DeadLetterReport> history) {
        String when = clock.instant().truncatedTo(ChronoUnit.MILLIS).toString();
        return new DeadLetterReport(
                when,
                channel.category.id(),
                channel.url().toString(),
                status,
                answer,
                reason,
                lines,
                attempts,
                history);
    }

    /** Each line of the file is accepted or in the dead letters: Camel deletes it now. */
    public void done(Exchange exchange, @Variable(FILE) Path path) throws IOException {
        Channel channel = channel(exchange);
        if (exchange.getVariable(HALVING) == null) {
            delivered(channel, exchange.getVariable(LINES, Long.class));
        }
        finished(exchange, path);
        channel.waiting = null;
        channel.localLog.reset();
        health.up(channel.part("delivery"));
    }

    /** The file is settled, and never sent again. */
    public void finished(Exchange exchange, @Variable(FILE) Path path) throws IOException {
        Channel channel = channel(exchange);
        String name = path.getFileName().toString();
        remember(exchange, channel, path);
        channel.folder.answered(name, Files.exists(path) ? Files.size(path) : 0);
        if (SpoolFile.parse(name).isEmpty() || name.contains(Replay.MARK)) {
            Files.deleteIfExists(SpoolFile.history(path));
        }
    }

    /** Reports a step that failed, and says how long to wait until it is repeated. */
    public void failed(Exchange exchange) {
        Throwable cause = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        if (cause instanceof RejectedExecutionException || isStopping(exchange)) {
            return;
        }
        Channel channel = channel(exchange);
        boolean posting = exchange.getProperty(POSTING, false, boolean.class);
        // Not Camel's counter: it is a header, and the headers of each request are made anew.
        int attempts = channel.waiting == null ? 1 : channel.waiting.attempts() + 1;
        Duration wait = backoff(attempts);
        String reason;
        if (cause instanceof NotAcceptedException refused) {
            reason = refused.getMessage();
            // A wait of 0 would make a storm of requests: the ordinary backoff stands then.
            if (refused.retryAfter() != null && !refused.retryAfter().isZero()) {
                wait = refused.retryAfter();
            }
        } else if (posting) {
            metrics.post(channel.target.name(), channel.category, "io");
            reason = redaction.apply(channel.url() + " cannot be reached: "
                    + NetworkDiagnosis.of(cause, channel.url().endpoint(channel.target.prefix()))
                            .orElseGet(() -> plain(cause)));
        } else {
            reason = redaction.apply("cannot go on with " + exchange.getVariable(FILE) + ": " + plain(root(cause)));
            health.down(channel.part("delivery"), reason);
            channel.localLog.say("The delivery of " + channel.folder.label() + " " + reason
                    + "; it is tried again until it succeeds");
        }
        exchange.getMessage().setHeader(Exchange.REDELIVERY_DELAY, wait.toMillis());
        channel.waiting = new Waiting(attempts, clock.instant().plus(wait), reason);
        if (posting) {
            health.down(channel.part("target"), reason);
            channel.targetLog.say("The " + channel.folder.label() + " lines wait (" + channel.folder.files()
                    + " requests): " + reason);
        }
    }

    /** Exponential, from the number of attempts alone, so that a Retry-After leaves no trace in later pauses. */
    private Duration backoff(int attempts) {
        double millis = retry.delay().toMillis() * Math.pow(2, Math.min(attempts - 1, 40));
        double jitter = 1 + JITTER * (2 * ThreadLocalRandom.current().nextDouble() - 1);
        return Duration.ofMillis((long) (Math.min(millis, retry.maxDelay().toMillis()) * jitter));
    }

    /** The answer's first 2 kB. Masked before it is cut, or half a secret would remain. */
    private String text(Message response) {
        try (InputStream in = response.getBody(InputStream.class)) {
            if (in == null) {
                return "";
            }
            byte[] masked = redaction
                    .apply(new String(in.readNBytes(2 * ANSWER_BYTES), StandardCharsets.UTF_8))
                    .getBytes(StandardCharsets.UTF_8);
            if (masked.length <= ANSWER_BYTES) {
                return new String(masked, StandardCharsets.UTF_8);
            }
            int end = ANSWER_BYTES;
            while ((masked[end] & 0xc0) == 0x80) {
                end--;
            }
            return new String(masked, 0, end, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    private String describe(Channel channel, int status, String text, Answer answer, String location) {
        String said = channel.url() + " answered " + status + (text.isBlank() ? "" : ": " + excerpt(text));
        if (answer != Answer.MISCONFIGURED) {
            return said;
        }
        String prefix = channel.target.prefix();
        String path = prefix + "url and " + prefix + channel.category.id() + "-path";
        String hint =
                switch (status) {
                    case 401, 402, 403, 407 -> "check the token in " + prefix + "url, or " + prefix + "authorization";
                    case 404, 405 -> "check " + path;
                    case 411, 415 -> "check that it takes line protocol there (" + path + "), and " + prefix + "gzip";
                    case 421, 426, 431, 451 -> "check " + path + ", and what stands in front of the receiver";
                    default ->
                        status / 100 == 2
                                ? "a web page is no receipt: check " + path
                                        + ", and whether a login or a proxy is in the way"
                                : "it redirects"
                                        + (location == null
                                                ? ""
                                                : " to " + excerpt(redaction.apply(location.replaceAll("\\?.*", ""))))
                                        + ": set " + prefix + "url to the address it really has";
                };
        return "configuration error: " + said + "; " + hint;
    }

    private static String excerpt(String text) {
        return PrintableText.of(text, LOGGED_ANSWER);
    }

    private static String plain(Throwable cause) {
        String message = cause.getMessage();
        return message == null || message.isBlank() ? cause.getClass().getSimpleName() : excerpt(message);
    }

    private static Throwable root(Throwable cause) {
        Throwable root = cause;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return root;
    }

    /** Camel would bring what it has begun to its end, which for a request that is being halved takes its time. */
    private static void refuseWhileStopping(Exchange exchange) {
        if (isStopping(exchange)) {
            throw new RejectedExecutionException("stopping: the file stays, and is sent after the next start");
        }
    }

    private static boolean isStopping(Exchange exchange) {
        if (exchange.getContext().isStopping()) {
            return true;
        }
        Route route = exchange.getContext().getRoute(exchange.getFromRouteId());
        Consumer consumer = route == null ? null : route.getConsumer();
        return consumer instanceof StatefulService service && !service.isRunAllowed();
    }
}
