package io.funcobserver.delivery;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import io.funcobserver.config.Settings;
import io.funcobserver.config.TargetSettings;
import io.funcobserver.diagnosis.FileFailure;
import io.funcobserver.diagnosis.NetworkDiagnosis;
import io.funcobserver.diagnosis.PrintableText;
import io.funcobserver.lineprotocol.Category;
import io.funcobserver.observe.Destination;
import io.funcobserver.observe.HealthState;
import io.funcobserver.observe.Metrics;
import io.funcobserver.spool.Backlog;
import io.funcobserver.spool.Gzip;
import io.funcobserver.spool.SpoolFile;
import org.apache.camel.Body;
import org.apache.camel.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.apache.camel.Message;
import org.apache.camel.Route;
import org.apache.camel.StatefulService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

/**
 * What the routes of {@code routes/requests.camel.yaml} cannot say: which bytes go out, what an answer means, and how long
 * to wait.
 *
 * <p>The routes name the target and the category in the exchange variables {@code target} and {@code category}.
 */
public final class Delivery {
    /** Exchange variable with the {@link Halving} of a rejected request. */
    static final String HALVING = "halving";

    /** Exchange variable with the name of the {@link Answer} to the last request: to compare an enum, Camel looks for converters. */
    static final String ANSWER = "answer";

    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);
    private static final String DAMAGED = "damaged";
    private static final String STATUS = "status";
    private static final String TEXT = "text";
    private static final String REQUEST = "request";
    /** Exchange property: whether a request is made, and not answered for good. */
    private static final String POSTING = "posting";

    private static final int ANSWER_BYTES = 2048;
    private static final int LOGGED_ANSWER = 200;
    private static final double JITTER = 0.2;

    /**
     * How failures are handled.
     *
     * @param delay before the first repetition
     * @param maxDelay the longest pause
     * @param bisectRequests the most requests spent on halving one
     */
    public record Retry(Duration delay, Duration maxDelay, int bisectRequests) {
        public static Retry of(Settings settings) {
            return new Retry(
                    settings.duration("retry.delay"),
                    settings.duration("retry.max-delay"),
                    settings.number("retry.bisect-requests"));
        }
    }

    /**
     * What a delivery waits for.
     *
     * @param attempts how often the request at hand was not accepted
     * @param next when it is made again
     * @param reason why it was not accepted
     */
    public record Waiting(int attempts, Instant next, String reason) {}

    private final Map<Destination, Channel> channels = new HashMap<>();
    private final String firstTarget;
    private final Retry retry;
    private final HealthState health;
    private final Metrics metrics;
    private final Clock clock;
    private final UnaryOperator<String> redaction;

    /**
     * @param backlogs one for each target and category
     * @param redaction masks every secret that a text may repeat
     */
    public Delivery(
            List<Target> targets,
            List<? extends Backlog> backlogs,
            Retry retry,
            HealthState health,
            Metrics metrics,
            Clock clock,
            UnaryOperator<String> redaction) {
        for (Target target : targets) {
            for (Backlog backlog : backlogs) {
                Destination destination = backlog.destination();
                if (destination.target().equals(target.name())) {
                    channels.put(destination, new Channel(target, backlog));
                    metrics.delivery(destination);
                    metrics.pointsDropped(destination, DAMAGED, 0);
                }
            }
        }
        this.firstTarget = targets.get(0).name();
        this.retry = retry;
        this.health = health;
        this.metrics = metrics;
        this.clock = clock;
        this.redaction = redaction;
    }

    Channel channel(Exchange exchange) {
        return channel(new Destination(
                exchange.getVariable("target", String.class),
                Category.of(exchange.getVariable("category", String.class))));
    }

    /** What waits where the request of the exchange comes from. */
    public <B extends Backlog> B backlog(Exchange exchange, Class<B> type) {
        return type.cast(channel(exchange).backlog);
    }

    Channel channel(Destination destination) {
        return channels.get(destination);
    }

    /** What the delivery waits for; empty while it does not. */
    public Optional<Waiting> waiting(Destination destination) {
        return Optional.ofNullable(channel(destination).waiting);
    }

    /**
     * Begins the delivery of a request, which becomes the body.
     *
     * @throws DamagedFileException where it does not hold what was made safe: its lines are given up, and not sent
     */
    public void take(SpooledRequest request, Exchange exchange) throws IOException, DamagedFileException {
        Channel channel = channel(exchange);
        SpooledRequest checked;
        try {
            checked = request.checked();
        } catch (IOException e) {
            metrics.pointsDropped(channel.destination, DAMAGED, request.lines());
            throw damaged(channel, request, plain(e));
        }
        exchange.setVariable(REQUEST, checked);
        exchange.getMessage()
                .setBody(channel.target.settings().gzip() ? request.packed() : Gzip.unpack(request.packed()));
    }

    private static SpooledRequest taken(Exchange exchange) {
        return exchange.getVariable(REQUEST, SpooledRequest.class);
    }

    private DamagedFileException damaged(Channel channel, SpooledRequest request, String reason) {
        LOG.error(
                "{} is damaged ({}): its {} lines are in the dead letters and not sent",
                request.place(),
                reason,
                request.lines());
        DeadLetterReport report = DeadLetterReport.unsent(
                clock.instant(),
                channel.destination.category(),
                channel.url().toString(),
                DeadLetterReport.DAMAGED + reason + "; its lines may have changed: look at them before you replay them",
                request.lines());
        return new DamagedFileException(
                request.place() + " is damaged: " + reason,
                new DeadLetter(
                        channel.destination,
                        request.name() + "_damaged",
                        Gzip.unpackWhatCanBe(request.packed()),
                        report));
    }

    /**
     * Makes a dead letter of lines that the intake refused since they are no points: no target has seen them, so they lie with
     * the first one.
     *
     * @param reason what is wrong with them, and where
     */
    public DeadLetter refused(
            @Body byte[] lines,
            @Header("category") String category,
            @Header("reason") String reason,
            @Header("lines") long count) {
        Category of = Category.of(category);
        String name = SpoolFile.stamp(clock.instant()) + "_intake_" + UUID.randomUUID() + "_refused";
        DeadLetterReport report =
                DeadLetterReport.unsent(clock.instant(), of, "", "refused by the intake: " + reason, count);
        return new DeadLetter(new Destination(firstTarget, of), name, lines, report);
    }

    /**
     * Gives the body the headers of a request; those of an answer before must not go to the target.
     *
     * @throws RevokedRequestException when the request is not this process's to make any more
     */
    public void request(Exchange exchange) throws RevokedRequestException {
        if (taken(exchange).revoked().getAsBoolean()) {
            throw new RevokedRequestException(taken(exchange).name());
        }
        TargetSettings settings = channel(exchange).target.settings();
        Message message = exchange.getMessage();
        message.removeHeaders("*");
        message.setHeader(Exchange.HTTP_URI, channel(exchange).url().uri().toString());
        message.setHeader(Exchange.CONTENT_TYPE, "text/plain; charset=utf-8");
        if (settings.gzip()) {
            message.setHeader(Exchange.CONTENT_ENCODING, "gzip");
        }
        if (settings.authorization() != null && !settings.authorization().isEmpty()) {
            message.setHeader("Authorization", settings.authorization());
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
        metrics.post(channel.destination, Integer.toString(status));
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
        exchange.setVariable(ANSWER, answer.name());
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
        exchange.setVariable(
                HALVING,
                new Halving(
                        Gzip.unpack(taken(exchange).packed()),
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
                        .content(piece, channel(exchange).target.settings().gzip()));
    }

    /** Takes note of the answer to a piece. */
    public void decided(Exchange exchange) {
        Halving halving = halving(exchange);
        if (Answer.ACCEPTED.name().equals(exchange.getVariable(ANSWER))) {
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
        metrics.pointsDelivered(channel.destination, lines);
    }

    /** The dead letters of a request that was halved: one for each status. */
    public List<DeadLetter> letters(Exchange exchange) {
        Channel channel = channel(exchange);
        Halving halving = halving(exchange);
        SpooledRequest request = taken(exchange);
        List<DeadLetterReport> history = request.history().get();
        List<DeadLetter> letters = new ArrayList<>();
        Map<Integer, List<Halving.Rejected>> byStatus = halving.rejections().stream()
                .collect(groupingBy(each -> each.piece().status(), TreeMap::new, toList()));
        byStatus.forEach((status, pieces) -> {
            // Where a part was given up undecided, that is what the reader has to know.
            Halving.Rejected shown =
                    pieces.stream().filter(each -> !each.decided()).findFirst().orElse(pieces.get(0));
            letters.add(new DeadLetter(
                    channel.destination,
                    request.name() + '_' + status,
                    halving.content(pieces),
                    new DeadLetterReport(
                            DeadLetterReport.stamp(clock.instant()),
                            channel.destination.category().id(),
                            channel.url().toString(),
                            status,
                            shown.piece().answer(),
                            shown.reason(),
                            lines(pieces),
                            halving.requests() + 1L,
                            history)));
        });
        sayGivenUp(channel, halving);
        return letters;
    }

    private static long lines(List<Halving.Rejected> pieces) {
        return pieces.stream().mapToLong(each -> each.piece().lines()).sum();
    }

    private void sayGivenUp(Channel channel, Halving halving) {
        List<Halving.Rejected> rejected = halving.rejections();
        if (!rejected.isEmpty()) {
            Halving.Piece first = rejected.get(0).piece();
            channel.rejectedLog.say(String.format(
                    "Moved %d of %d %s lines to the dead letters: %s answered %d: %s; see func-observer dead-letters",
                    lines(rejected),
                    halving.lines(),
                    channel.destination.category().id(),
                    channel.url(),
                    first.status(),
                    excerpt(first.answer())));
        }
    }

    /** Each line is accepted or in the dead letters. */
    public void done(Exchange exchange) {
        Channel channel = channel(exchange);
        if (exchange.getVariable(HALVING) == null) {
            delivered(channel, taken(exchange).lines());
        }
        channel.waiting = null;
        channel.localLog.reset();
        health.up(channel.part("delivery"));
    }

    Instant now() {
        return clock.instant();
    }

    /** The longest pause between two tries of the same thing. */
    Duration longestPause() {
        return retry.maxDelay();
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
            metrics.post(channel.destination, "io");
            reason = redaction.apply(channel.url() + " cannot be reached: "
                    + NetworkDiagnosis.of(cause, channel.url().endpoint(channel.target.prefix()))
                            .orElseGet(() -> plain(cause)));
        } else {
            reason = redaction.apply("cannot go on with " + name(exchange) + ": " + local(root(cause)));
            health.down(channel.part("delivery"), reason);
            channel.localLog.say("The delivery of " + channel.destination.label() + " " + reason
                    + "; it is tried again until it succeeds");
        }
        exchange.getMessage().setHeader(Exchange.REDELIVERY_DELAY, wait.toMillis());
        channel.waiting = new Waiting(attempts, clock.instant().plus(wait), reason);
        if (posting) {
            health.down(channel.part("target"), reason);
            channel.targetLog.say("The " + channel.destination.label() + " lines wait (" + channel.backlog.requests()
                    + " requests): " + reason);
        }
    }

    private static String name(Exchange exchange) {
        SpooledRequest request = taken(exchange);
        return request == null ? "a request" : request.name();
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
        String path =
                prefix + "url and " + prefix + channel.destination.category().id() + "-path";
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

    static String plain(Throwable cause) {
        String message = cause.getMessage();
        return message == null || message.isBlank() ? cause.getClass().getSimpleName() : excerpt(message);
    }

    private static String local(Throwable cause) {
        return cause instanceof FileSystemException file
                ? excerpt(file.getFile() + ": " + FileFailure.of(file))
                : plain(cause);
    }

    private static Throwable root(Throwable cause) {
        return Stream.iterate(cause, Objects::nonNull, Throwable::getCause).reduce(cause, (outer, inner) -> inner);
    }

    /** Camel would bring what it has begun to its end, which for a request that is being halved takes its time. */
    public static void refuseWhileStopping(Exchange exchange) {
        if (isStopping(exchange)) {
            throw new RejectedExecutionException("stopping: the request stays, and is sent after the next start");
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
