package io.funcobserver.delivery;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.UnaryOperator;

import io.funcobserver.diagnosis.NetworkDiagnosis;
import io.funcobserver.observe.Conditions;
import io.funcobserver.observe.Metrics;
import io.funcobserver.observe.SparingLog;
import io.funcobserver.spool.Batch;
import io.funcobserver.spool.BatchLimits;
import io.funcobserver.spool.BatchReader;
import io.funcobserver.spool.Category;
import io.funcobserver.spool.Damage;
import io.funcobserver.spool.Gzip;
import io.funcobserver.spool.Lines;
import io.funcobserver.spool.Spool;
import io.funcobserver.spool.SpoolFile;
import org.apache.camel.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Route;
import org.apache.camel.StatefulService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the spool of one category to the target: the steps of its delivery route, in their order.
 *
 * <p>The route calls {@link #begin}, and then, as long as there is more, makes the request with {@link #answered}, gives up
 * what is {@link #decided}, and calls {@link #settle} and {@link #next}. A step that throws is repeated by the route after a pause, which {@link #failed} decides on; a
 * stop may come at any point, since files are only deleted in the last step, and the same batch comes again.
 */
public final class Delivery {
    /** Exchange property: whether there may be more to do, and the loop goes on. */
    public static final String MORE = "more";

    /** Exchange property: whether there is something to send in this round. */
    public static final String POST = "post";

    /** Exchange property: whether some lines are to be given up, those that {@link #decided} names. */
    public static final String GIVE_UP = "giveUp";

    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);

    private static final int ANSWER_BYTES = 2048;
    private static final int LOGGED_ANSWER = 200;

    private final Spool spool;
    private final Category category;
    private final Target target;
    private final BatchLimits limits;
    private final int bisectRequests;
    private final Conditions conditions;
    private final Metrics metrics;
    private final Clock clock;
    private final UnaryOperator<String> redaction;
    private final BatchReader reader;
    private final SparingLog targetLog = new SparingLog(LOG::warn);
    private final SparingLog rejectedLog = new SparingLog(LOG::warn);
    private final SparingLog localLog = new SparingLog(LOG::error);

    private Batch batch;
    private Damage damage;
    private Bisect bisect;
    private byte[] lines;
    private int[] ends;
    private boolean batchAccepted;
    private boolean posting;
    private long attempts;

    /**
     * @param bisectRequests {@code retry.bisect-requests}
     * @param redaction masks every secret that a text may repeat
     */
    public Delivery(
            Spool spool,
            Target target,
            BatchLimits limits,
            int bisectRequests,
            Conditions conditions,
            Metrics metrics,
            Clock clock,
            UnaryOperator<String> redaction) {
        this.spool = spool;
        this.category = spool.category();
        this.target = target;
        this.limits = limits;
        this.bisectRequests = bisectRequests;
        this.conditions = conditions;
        this.metrics = metrics;
        this.clock = clock;
        this.redaction = redaction;
        this.reader = new BatchReader(spool);
    }

    /**
     * Starts afresh: what an interrupted run left undone is done again from its beginning.
     *
     * @throws IOException as {@link #next}
     */
    public void begin(Exchange exchange) throws IOException {
        forget();
        next(exchange);
    }

    private void forget() {
        batch = null;
        damage = null;
        bisect = null;
        lines = null;
        ends = null;
        batchAccepted = false;
        posting = false;
        attempts = 0;
    }

    /**
     * Prepares the next request; ends the loop when there is nothing to do for now, or the route is being stopped.
     *
     * @throws IOException when the spool cannot be read
     */
    public void next(Exchange exchange) throws IOException {
        boolean more = target.url().isSent() && !isStopping(exchange) && (batch != null || take());
        boolean post = more && damage == null && batch.bytes() > 0;
        exchange.setProperty(MORE, more);
        exchange.setProperty(POST, post);
        exchange.setProperty(GIVE_UP, more && damage != null);
        if (post) {
            request(exchange);
        }
    }

    /**
     * Sorts the target's answer.
     *
     * @throws NotDelivered when the same request is to be made again later
     */
    public void answered(Exchange exchange) throws NotDelivered {
        Message response = exchange.getMessage();
        int status = response.getHeader(Exchange.HTTP_RESPONSE_CODE, 0, Integer.class);
        metrics.post(category, Integer.toString(status));
        Answer answer = Answer.of(status);
        String text = answer == Answer.ACCEPTED ? "" : text(response);
        switch (answer) {
            case ACCEPTED -> accepted();
            case REJECTED -> rejected(status, text);
            default -> {
                Duration retryAfter = RetryAfter.parse(response.getHeader("Retry-After", String.class), clock.instant())
                        .orElse(null);
                boolean misconfigured = answer == Answer.MISCONFIGURED;
                throw new NotDelivered(
                        describe(status, text, misconfigured, response.getHeader("Location", String.class)),
                        misconfigured,
                        retryAfter);
            }
        }
        posting = false;
        exchange.setProperty(GIVE_UP, bisect != null && bisect.isDone());
        targetLog.reset();
        Conditions.Down down = conditions.up(part());
        if (down != null) {
            LOG.info(
                    "{} answers again after {} s",
                    target,
                    Duration.between(down.since(), clock.instant()).toSeconds());
        }
    }

    /** What is to be given up now; empty while the batch is not decided. */
    public List<DeadLetter> decided() {
        if (damage != null) {
            return damagedLines();
        }
        return bisect != null && bisect.isDone() ? rejectedLines() : List.of();
    }

    /**
     * Ends the batch when each of its lines is accepted or in the dead letters; does nothing before.
     *
     * @throws IOException when its files cannot be deleted
     */
    public void settle() throws IOException {
        if (damage != null) {
            LOG.warn(
                    "{} was damaged ({}): {} of its lines could be read and go on, {} are lost",
                    damage.file().path(),
                    damage.reason(),
                    damage.whole(),
                    damage.lost());
            spool.repair(damage);
            metrics.pointsDropped(category, "damaged", damage.lost());
        } else if (batch == null) {
            return;
        } else if (batchAccepted || batch.bytes() == 0) {
            spool.settle();
        } else if (bisect != null && bisect.isDone()) {
            spool.settle();
            sayGivenUp();
        } else {
            return;
        }
        localLog.reset();
        conditions.up("delivery." + category.id());
        forget();
    }

    /** Reports a step that threw, and says how long to wait where the target asked for it. */
    public void failed(Exchange exchange, Throwable cause) {
        if (cause instanceof RejectedExecutionException || isStopping(exchange)) {
            return;
        }
        if (!posting) {
            String reason = redaction.apply("cannot go on with the batch from " + spool.folder() + ": " + root(cause));
            conditions.down("delivery." + category.id(), reason);
            localLog.say("The delivery of " + category.id() + " " + reason + "; it is tried again until it succeeds");
            return;
        }
        String reason;
        if (cause instanceof NotDelivered refused) {
            reason = refused.getMessage();
            // A wait of 0 would make a storm of requests: the ordinary backoff stands then.
            if (refused.retryAfter() != null && !refused.retryAfter().isZero()) {
                exchange.getIn()
                        .setHeader(
                                Exchange.REDELIVERY_DELAY, refused.retryAfter().toMillis());
            }
        } else {
            metrics.post(category, "io");
            reason = redaction.apply(target + " cannot be reached: "
                    + NetworkDiagnosis.of(cause, target.url().endpoint()).orElseGet(() -> plain(cause)));
        }
        conditions.down(part(), reason);
        targetLog.say("The " + category.id() + " lines wait (" + spool.files() + " files): " + reason);
    }

    private boolean take() throws IOException {
        while (true) {
            List<SpoolFile> files = spool.take(limits);
            if (files.isEmpty()) {
                return false;
            }
            BatchReader.Result result = reader.read(files);
            damage = result.damage();
            batch = result.batch();
            if (batch != null || damage != null) {
                return true;
            }
        }
    }

    private void request(Exchange exchange) throws IOException {
        byte[] body;
        if (bisect == null) {
            body = target.gzip() ? batch.gzipped() : Gzip.unpack(batch.gzipped());
        } else {
            Bisect.Piece piece = bisect.next();
            int from = begin(piece.from());
            int to = begin(piece.to());
            body = target.gzip() ? Gzip.pack(lines, from, to) : Arrays.copyOfRange(lines, from, to);
        }
        // Headers of the answer before, and of anything else, must not go to the target.
        Message message = exchange.getMessage();
        message.removeHeaders("*");
        message.setBody(body);
        message.setHeader(Exchange.HTTP_URI, target.url().uri().toString());
        message.setHeader(Exchange.CONTENT_TYPE, "text/plain; charset=utf-8");
        if (target.gzip()) {
            message.setHeader(Exchange.CONTENT_ENCODING, "gzip");
        }
        if (target.authorization() != null && !target.authorization().isEmpty()) {
            message.setHeader("Authorization", target.authorization());
        }
        // The body is gzip already; camel-http would pack it once more.
        exchange.setProperty(Exchange.SKIP_GZIP_ENCODING, true);
        posting = true;
        attempts++;
    }

    private void accepted() {
        if (bisect == null) {
            metrics.pointsDelivered(category, batch.lines());
            batchAccepted = true;
        } else {
            metrics.pointsDelivered(category, bisect.next().lines());
            bisect.accepted();
        }
    }

    private void rejected(int status, String text) {
        if (bisect == null) {
            lines = unpacked();
            ends = ends(lines);
            bisect = new Bisect(ends.length, bisectRequests, status, text);
        } else {
            bisect.rejected(status, text);
        }
    }

    private byte[] unpacked() {
        try {
            return Gzip.unpack(batch.gzipped());
        } catch (IOException e) {
            throw new IllegalStateException("a batch that was read before cannot be unpacked", e);
        }
    }

    private static int[] ends(byte[] lines) {
        List<Integer> ends = new ArrayList<>();
        Lines splitter = new Lines(end -> ends.add((int) end));
        splitter.feed(lines, 0, lines.length);
        splitter.finish();
        return ends.stream().mapToInt(Integer::intValue).toArray();
    }

    private int begin(int line) {
        return line == 0 ? 0 : ends[line - 1];
    }

    private void sayGivenUp() {
        List<Bisect.Rejected> rejected = bisect.rejections();
        if (!rejected.isEmpty()) {
            Bisect.Rejected first = rejected.get(0);
            rejectedLog.say(String.format(
                    "Gave up %d of %d %s lines: %s answered %d: %s; see func-observer dead-letters",
                    rejected.stream().mapToInt(r -> r.piece().lines()).sum(),
                    ends.length,
                    category.id(),
                    target,
                    first.status(),
                    excerpt(first.answer())));
        }
    }

    private List<DeadLetter> damagedLines() {
        if (damage.lost() == 0) {
            return List.of();
        }
        DeadLetterReport report =
                report(0, "", "spool file damaged: " + damage.reason(), damage.lost(), history(List.of(damage.file())));
        String name = damage.file().stem() + "_damaged";
        List<long[]> all = List.of(new long[] {0, damage.rest().length});
        return List.of(new DeadLetter(category, name, damage.rest(), all, report));
    }

    private List<DeadLetter> rejectedLines() {
        Map<Integer, List<Bisect.Rejected>> byStatus = new TreeMap<>();
        for (Bisect.Rejected rejected : bisect.rejections()) {
            byStatus.computeIfAbsent(rejected.status(), s -> new ArrayList<>()).add(rejected);
        }
        List<DeadLetterReport> history = history(batch.files());
        List<DeadLetter> letters = new ArrayList<>();
        byStatus.forEach((status, rejections) -> {
            List<long[]> ranges = rejections.stream()
                    .map(r ->
                            new long[] {begin(r.piece().from()), begin(r.piece().to())})
                    .toList();
            long count = rejections.stream().mapToLong(r -> r.piece().lines()).sum();
            // Where a part was given up undecided, that is what the reader has to know.
            Bisect.Rejected shown =
                    rejections.stream().filter(r -> !r.decided()).findFirst().orElse(rejections.get(0));
            String name = batch.files().get(0).stem() + '_' + status;
            letters.add(new DeadLetter(
                    category, name, lines, ranges, report(status, shown.answer(), shown.reason(), count, history)));
        });
        return letters;
    }

    private DeadLetterReport report(
            int status, String answer, String reason, long count, List<DeadLetterReport> history) {
        String when = clock.instant().truncatedTo(ChronoUnit.MILLIS).toString();
        return new DeadLetterReport(
                when, category.id(), target.toString(), status, answer, reason, count, attempts, history);
    }

    private static List<DeadLetterReport> history(List<SpoolFile> files) {
        for (SpoolFile file : files) {
            if (file.kind() == SpoolFile.Kind.REPLAY && Files.exists(Spool.history(file))) {
                try {
                    return Reports.readHistory(Spool.history(file));
                } catch (IOException e) {
                    LOG.warn("The history of {} cannot be read: {}", file.path(), e.toString());
                }
            }
        }
        return List.of();
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

    private String describe(int status, String text, boolean misconfigured, String location) {
        String said = target + " answered " + status + (text.isBlank() ? "" : ": " + excerpt(text));
        if (!misconfigured) {
            return said;
        }
        String hint =
                switch (status) {
                    case 401, 403, 407 -> "check the token in target.url, or target.authorization";
                    case 404, 405 -> "check target.url and target." + category.id() + "-path";
                    default ->
                        "it redirects"
                                + (location == null ? "" : " to " + redaction.apply(location.replaceAll("\\?.*", "")))
                                + ": set target.url to the address it really has";
                };
        return "configuration error: " + said + "; " + hint;
    }

    private static String excerpt(String text) {
        String line = text.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
        return line.length() <= LOGGED_ANSWER ? line : line.substring(0, LOGGED_ANSWER) + "…";
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

    private String part() {
        return "target." + category.id();
    }

    static boolean isStopping(Exchange exchange) {
        if (exchange.getContext().isStopping()) {
            return true;
        }
        Route route = exchange.getContext().getRoute(exchange.getFromRouteId());
        Consumer consumer = route == null ? null : route.getConsumer();
        return consumer instanceof StatefulService service && !service.isRunAllowed();
    }
}
