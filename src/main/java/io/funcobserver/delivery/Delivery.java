package io.funcobserver.delivery;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import io.funcobserver.config.Settings;
import io.funcobserver.config.TargetSettings;
import io.funcobserver.diagnosis.FileFailure;
import io.funcobserver.diagnosis.NetworkDiagnosis;
import io.funcobserver.diagnosis.PrintableText;
import io.funcobserver.observe.Destination;
import io.funcobserver.observe.HealthState;
import io.funcobserver.observe.Metrics;
import io.funcobserver.observe.RateLimitedLog;
import io.funcobserver.spool.Gzip;
import org.apache.camel.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Route;
import org.apache.camel.StatefulService;
import org.apache.camel.spi.Synchronization;
import org.apache.camel.support.SynchronizationAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

/**
 * The delivery of one category to one target, as far as the routes of {@code routes/requests.camel.yaml} cannot say it: which
 * bytes go out, what an answer means, and how long to wait.
 */
public final class Delivery {
    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);
    private static final String DAMAGED = "damaged";

    /** Exchange variable with the {@link SpooledRequest}. */
    static final String REQUEST = "request";

    /** Exchange variable with the {@link Halving} of a rejected request. */
    private static final String HALVING = "halving";

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

    private final Destination destination;
    private final Target target;
    private final TargetUrl url;
    private final Retry retry;
    private final HealthState health;
    private final Metrics metrics;
    private final Clock clock;
    private final UnaryOperator<String> redaction;
    private final RateLimitedLog targetLog = new RateLimitedLog(LOG::warn);
    private final RateLimitedLog rejectedLog = new RateLimitedLog(LOG::warn);
    private final RateLimitedLog localLog = new RateLimitedLog(LOG::error);
    private final Synchronization end = new End();

    private volatile Waiting waiting;

    Delivery(
            Destination destination,
            Target target,
            Retry retry,
            HealthState health,
            Metrics metrics,
            Clock clock,
            UnaryOperator<String> redaction) {
        this.destination = destination;
        this.target = target;
        this.url = target.url(destination.category());
        this.retry = retry;
        this.health = health;
        this.metrics = metrics;
        this.clock = clock;
        this.redaction = redaction;
        metrics.delivery(destination);
        metrics.pointsDropped(destination, DAMAGED, 0);
    }

    public Destination destination() {
        return destination;
    }

    Optional<Waiting> waiting() {
        return Optional.ofNullable(waiting);
    }

    /** How health names a part of this delivery. */
    String part(String of) {
        return of + '.' + destination.label();
    }

    /**
     * Begins the delivery of a request, which becomes the body. It is finished when the exchange has come to its end.
     *
     * @throws DamagedFileException where it does not hold what was made safe: its lines are given up, and not sent
     */
    public void take(SpooledRequest request, Exchange exchange) throws IOException, DamagedFileException {
        refuseWhileStopping(exchange);
        if (taken(exchange) == null) {
            exchange.getExchangeExtension().addOnCompletion(end);
        }
        request.destination = destination;
        exchange.setVariable(REQUEST, request);
        byte[] read = request.read();
        try {
            request.check(read);
        } catch (IOException e) {
            metrics.pointsDropped(destination, DAMAGED, request.lines);
            throw damaged(request, read, plain(e));
        }
        exchange.getMessage().setBody(target.settings().gzip() ? read : Gzip.unpack(read));
    }

    private static SpooledRequest taken(Exchange exchange) {
        return exchange.getVariable(REQUEST, SpooledRequest.class);
    }

    private final class End extends SynchronizationAdapter {
        @Override
        public void onComplete(Exchange exchange) {
            SpooledRequest request = taken(exchange);
            if (request.isRevoked()) {
                return;
            }
            waiting = null;
            worksAgain();
            request.finished();
        }

        @Override
        public void onFailure(Exchange exchange) {
            if (!isStopping(exchange)) {
                taken(exchange).leftBehind(exchange.getException());
            }
        }

        /** After Camel has deleted the file. */
        @Override
        public int getOrder() {
            return LOWEST;
        }
    }

    private DamagedFileException damaged(SpooledRequest request, byte[] read, String reason) {
        LOG.error(
                "{} is damaged ({}): its {} lines are in the dead letters and not sent",
                request.place,
                reason,
                request.lines);
        DeadLetterReport report = DeadLetterReport.unsent(
                clock.instant(),
                destination.category(),
                url.toString(),
                DeadLetterReport.DAMAGED + reason + "; its lines may have changed: look at them before you replay them",
                request.lines);
        return new DamagedFileException(
                request.place + " is damaged: " + reason,
                new DeadLetter(
                        new DeadLetterId(destination, request.name + "_damaged"), Gzip.unpackWhatCanBe(read), report));
    }

    /**
     * Gives the body the headers of a request; those of an answer before must not go to the target.
     *
     * @throws RevokedRequestException when the request is not this process's to make any more
     */
    public void head(Exchange exchange) throws RevokedRequestException {
        SpooledRequest request = taken(exchange);
        if (request.isRevoked()) {
            throw new RevokedRequestException(request.name);
        }
        TargetSettings settings = target.settings();
        Message message = exchange.getMessage();
        message.removeHeaders("*");
        message.setHeader(Exchange.HTTP_URI, url.uri().toString());
        message.setHeader(Exchange.CONTENT_TYPE, "text/plain; charset=utf-8");
        if (settings.gzip()) {
            message.setHeader(Exchange.CONTENT_ENCODING, "gzip");
        }
        if (settings.authorization() != null && !settings.authorization().isEmpty()) {
            message.setHeader("Authorization", settings.authorization());
        }
        // The body is gzip already; camel-http would pack it once more.
        exchange.setProperty(Exchange.SKIP_GZIP_ENCODING, true);
        request.posting = true;
    }

    /**
     * Sorts the target's answer. When the request was rejected, the variable {@code halving} holds what is to be sent of it
     * in its place.
     *
     * @throws NotAcceptedException when the same body is to be sent again later
     */
    public void sort(Exchange exchange) throws NotAcceptedException, IOException {
        Message response = exchange.getMessage();
        int status = response.getHeader(Exchange.HTTP_RESPONSE_CODE, 0, Integer.class);
        metrics.post(destination, Integer.toString(status));
        String text = text(response);
        Object type = response.getHeader(Exchange.CONTENT_TYPE);
        Answer answer = Answer.of(status, type == null ? null : type.toString(), text);
        if (answer == Answer.NOT_NOW || answer == Answer.MISCONFIGURED) {
            Duration retryAfter = RetryAfter.parse(response.getHeader("Retry-After", String.class), clock.instant())
                    .orElse(null);
            throw new NotAcceptedException(
                    describe(status, text, answer, response.getHeader("Location", String.class)), retryAfter);
        }
        waiting = null;
        targetLog.reset();
        HealthState.Down down = health.up(part("target"));
        if (down != null) {
            LOG.info(
                    "{} answers again after {} s",
                    url,
                    Duration.between(down.since(), clock.instant()).toSeconds());
        }
        SpooledRequest request = taken(exchange);
        request.posting = false;
        if (answer == Answer.ACCEPTED) {
            metrics.pointsDelivered(destination, request.accepted());
        } else {
            request.rejected(status, text, retry.bisectRequests());
            exchange.setVariable(HALVING, request.halving);
        }
    }

    /** Makes the lines of the next piece of a rejected request the body. */
    public void piece(Exchange exchange) {
        refuseWhileStopping(exchange);
        Halving halving = taken(exchange).halving;
        exchange.getMessage()
                .setBody(halving.content(halving.current(), target.settings().gzip()));
    }

    /** The dead letters of a request that was halved: one for each status. */
    public List<DeadLetter> letters(Exchange exchange) {
        SpooledRequest request = taken(exchange);
        Halving halving = request.halving;
        List<DeadLetterReport> history = request.history();
        List<DeadLetter> letters = new ArrayList<>();
        Map<Integer, List<Halving.Rejected>> byStatus = halving.rejections().stream()
                .collect(groupingBy(each -> each.piece().status(), TreeMap::new, toList()));
        byStatus.forEach((status, pieces) -> {
            // Where a part was given up undecided, that is what the reader has to know.
            Halving.Rejected shown =
                    pieces.stream().filter(each -> !each.decided()).findFirst().orElse(pieces.get(0));
            letters.add(new DeadLetter(
                    new DeadLetterId(destination, request.name + '_' + status),
                    halving.content(pieces),
                    new DeadLetterReport(
                            DeadLetterReport.stamp(clock.instant()),
                            destination.category().id(),
                            url.toString(),
                            status,
                            shown.piece().answer(),
                            shown.reason(),
                            lines(pieces),
                            halving.requests() + 1L,
                            history)));
        });
        sayGivenUp(halving);
        return letters;
    }

    private static long lines(List<Halving.Rejected> pieces) {
        return pieces.stream().mapToLong(each -> each.piece().lines()).sum();
    }

    private void sayGivenUp(Halving halving) {
        List<Halving.Rejected> rejected = halving.rejections();
        if (!rejected.isEmpty()) {
            Halving.Piece first = rejected.get(0).piece();
            rejectedLog.say(String.format(
                    "Moved %d of %d %s lines to the dead letters: %s answered %d: %s; see func-observer dead-letters",
                    lines(rejected),
                    halving.lines(),
                    destination.category().id(),
                    url,
                    first.status(),
                    excerpt(first.answer())));
        }
    }

    /** A file or folder of this machine keeps requests from going on. */
    void isHeldUp(String reason) {
        health.down(part("delivery"), reason);
        localLog.say("In the spool " + reason);
    }

    void worksAgain() {
        localLog.reset();
        health.up(part("delivery"));
    }

    Instant now() {
        return clock.instant();
    }

    /** The longest pause between two tries of the same thing. */
    Duration longestPause() {
        return retry.maxDelay();
    }

    /** Reports a step that failed, and says how long to wait until it is repeated. */
    void failed(Exchange exchange) {
        Throwable cause = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        if (cause instanceof RejectedExecutionException
                || cause instanceof RevokedRequestException
                || isStopping(exchange)) {
            return;
        }
        SpooledRequest request = taken(exchange);
        boolean posting = request != null && request.posting;
        // Not Camel's counter: it is a header, and the headers of each request are made anew.
        int attempts = waiting == null ? 1 : waiting.attempts() + 1;
        Duration wait = backoff(attempts);
        String reason;
        if (cause instanceof NotAcceptedException refused) {
            reason = refused.getMessage();
            // A wait of 0 would make a storm of requests: the ordinary backoff stands then.
            if (refused.retryAfter() != null && !refused.retryAfter().isZero()) {
                wait = refused.retryAfter();
            }
        } else if (posting) {
            metrics.post(destination, "io");
            reason = redaction.apply(url + " cannot be reached: "
                    + NetworkDiagnosis.of(cause, url.endpoint(target.prefix())).orElseGet(() -> plain(cause)));
        } else {
            reason = redaction.apply(
                    "cannot go on with " + (request == null ? "a request" : request.name) + ": " + local(root(cause)));
            health.down(part("delivery"), reason);
            localLog.say(
                    "The delivery of " + destination.label() + " " + reason + "; it is tried again until it succeeds");
        }
        exchange.getMessage().setHeader(Exchange.REDELIVERY_DELAY, wait.toMillis());
        waiting = new Waiting(attempts, clock.instant().plus(wait), reason);
        if (posting) {
            health.down(part("target"), reason);
            targetLog.say("The " + destination.label() + " lines wait (" + request.waiting() + " requests): " + reason);
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
            String masked = redaction.apply(new String(in.readNBytes(2 * ANSWER_BYTES), StandardCharsets.UTF_8));
            // Ends before the character that does not fit any more.
            ByteBuffer kept = ByteBuffer.allocate(Math.min(ANSWER_BYTES, 3 * masked.length()));
            StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(masked), kept, true);
            return new String(kept.array(), 0, kept.position(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    private String describe(int status, String text, Answer answer, String location) {
        String said = url + " answered " + status + (text.isBlank() ? "" : ": " + excerpt(text));
        if (answer != Answer.MISCONFIGURED) {
            return said;
        }
        String redirect = location == null ? null : excerpt(redaction.apply(location.replaceAll("\\?.*", "")));
        String hint = target.advice(status, destination.category(), redirect);
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
