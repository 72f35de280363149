package io.funcobserver.intake;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import io.funcobserver.http.BoundedHttpServer;
import io.funcobserver.lineprotocol.Category;
import io.funcobserver.observe.Metrics;
import io.funcobserver.observe.RateLimitedLog;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands before the intake's route, on the event loop: counts every request, asks for the token, and receives the body in
 * bounded memory, so that a worker only begins with what has arrived whole.
 *
 * <p>A refused body is read to its end and thrown away before it is answered: a client that still sends would see a reset
 * connection instead of the answer.
 */
public final class IntakeDoor {
    private static final Logger LOG = LoggerFactory.getLogger(IntakeDoor.class);
    private static final String WRITE = "/v1/write/";
    private static final String RETRY_AFTER_SECONDS = "1";
    private static final String NO_CATEGORY = "none";
    /** What a request takes beside its body. */
    private static final int OVERHEAD = 4096;
    /** Func's requests are smaller than this, nearly all. */
    private static final long SMALL_BODY = 256 << 10;
    /** A small body is there long before. */
    private static final long SLOW_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final IntakeSettings settings;
    private final MemoryBudget budget;
    private final Metrics metrics;
    private final Clock clock;
    private final byte[] token;
    private final Map<HttpServerRequest, Received> received = new ConcurrentHashMap<>();
    /** Those whose body is still on its way, the longest first; of the event loop. */
    private final Set<Reception> receptions = new LinkedHashSet<>();

    private final RateLimitedLog refusals = new RateLimitedLog(LOG::warn);

    public IntakeDoor(IntakeSettings settings, Metrics metrics, Clock clock) {
        this.settings = settings;
        this.budget = new MemoryBudget(settings.memory());
        this.metrics = metrics;
        this.clock = clock;
        this.token = settings.token() == null ? new byte[0] : settings.token().getBytes(StandardCharsets.UTF_8);
    }

    /** What all requests under way share. */
    MemoryBudget budget() {
        return budget;
    }

    /** Takes its place before the routes of Camel. */
    public void install(Router router) {
        // Before all others: what these refuse counts too.
        router.route().order(-1).handler(this::count);
        router.route(HttpMethod.POST, WRITE + "*").handler(this::receive);
        // Camel's route comes a moment after the port is open, and goes a moment before it is closed.
        router.route(HttpMethod.POST, WRITE + "*")
                .last()
                .handler(context -> refuse(
                        context, UploadRefusedException.notNow("the intake is starting or stopping; try again")));
    }

    /** Says that a sender was refused, and why: the first time, then once a minute at most. */
    void refused(SocketAddress sender, UploadRefusedException refused) {
        refusals.say("An upload from " + (sender == null ? "a sender that is gone" : sender.hostAddress())
                + " is refused with " + refused.status() + ": " + refused.getMessage()
                + " (said once a minute at most; func_observer_intake_requests_total counts all)");
    }

    /**
     * The body of a request that has come this far; its memory is the caller's to give back.
     *
     * @return null when its sender has gone away
     */
    Received take(HttpServerRequest request) {
        return received.remove(request);
    }

    private void count(RoutingContext context) {
        context.addEndHandler(ended -> metrics.intakeRequest(
                label(context),
                ended.succeeded() ? Integer.toString(context.response().getStatusCode()) : "io"));
        context.next();
    }

    private static String label(RoutingContext context) {
        try {
            Category category = category(context);
            return category == null ? NO_CATEGORY : category.id();
        } catch (IllegalArgumentException undecodable) {
            return NO_CATEGORY;
        }
    }

    /** Null where the path is neither category's. */
    private static Category category(RoutingContext context) {
        return switch (context.normalizedPath()) {
            case WRITE + "metric" -> Category.METRIC;
            case WRITE + "logging" -> Category.LOGGING;
            default -> null;
        };
    }

    private void receive(RoutingContext context) {
        HttpServerRequest request = context.request();
        try {
            Category category = category(context);
            if (category == null) {
                throw UploadRefusedException.elsewhere(
                        "there is nothing at this path; give /v1/write/metric or /v1/write/logging");
            }
            if (!isKnown(request.getParam("token"))) {
                throw UploadRefusedException.unknown("the token is missing or wrong; give it as ?token=");
            }
            TimeUnit precision = precision(request.getParam("precision"));
            boolean gzipped = isGzipped(request.getHeader(HttpHeaders.CONTENT_ENCODING));
            refuseAbove(length(request));
            new Reception(context, category, precision, gzipped).begin();
        } catch (UploadRefusedException refused) {
            refuse(context, refused);
        }
    }

    private boolean isKnown(String given) {
        return token.length == 0 || given != null && (isToken(given) || isToken(given.replace(' ', '+')));
    }

    /** A token in Base64 may hold a plus, which stands for a space in a query; not all senders escape it. */
    private boolean isToken(String given) {
        return MessageDigest.isEqual(token, given.getBytes(StandardCharsets.UTF_8));
    }

    private static boolean isGzipped(String encoding) {
        return switch (encoding == null ? "" : encoding.strip().toLowerCase(Locale.ROOT)) {
            case "", "identity" -> false;
            case "gzip", "x-gzip" -> true;
            default -> throw UploadRefusedException.malformed("the Content-Encoding is neither gzip nor identity");
        };
    }

    /** The unit of the timestamps, by the names that InfluxDB 1 and 2 have for it. */
    private static TimeUnit precision(String name) {
        return switch (name == null ? "" : name) {
            case "", "n", "ns" -> TimeUnit.NANOSECONDS;
            case "u", "us" -> TimeUnit.MICROSECONDS;
            case "ms" -> TimeUnit.MILLISECONDS;
            case "s" -> TimeUnit.SECONDS;
            default -> throw UploadRefusedException.malformed("the precision is none of n, u, ms and s");
        };
    }

    private void refuseAbove(long length) {
        if (length > settings.maxBody()) {
            throw UploadRefusedException.tooLarge("the body is larger than " + settings.maxBody() + " bytes");
        }
    }

    /** As the sender says it; 0 where it does not. */
    private static long length(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        try {
            return length == null ? 0 : Long.parseLong(length);
        } catch (NumberFormatException e) {
            // Not even that fits into a long.
            return Long.MAX_VALUE;
        }
    }

    /** Throws the rest of the body away, then answers; at once where the rest may be without end. */
    private void refuse(RoutingContext context, UploadRefusedException refused) {
        HttpServerRequest request = context.request();
        refused(request.remoteAddress(), refused);
        if (request.isEnded()) {
            answer(context, refused);
            return;
        }
        long most = 2 * settings.maxBody();
        if (length(request) > most) {
            context.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
            answer(context, refused);
        }
        long[] dropped = {0};
        request.handler(chunk -> {
            dropped[0] += chunk.length();
            if (dropped[0] > most) {
                answer(context, refused);
                request.connection().close();
            }
        });
        request.endHandler(ended -> answer(context, refused));
        request.exceptionHandler(broken -> {});
        request.resume();
    }

    private static void answer(RoutingContext context, UploadRefusedException refused) {
        if (refused.isForNow() && !context.response().headWritten()) {
            context.response().putHeader(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
        }
        BoundedHttpServer.answer(context, refused.status(), refused.getMessage());
    }

    /** A body on its way. */
    private final class Reception {
        private final RoutingContext context;
        private final Category category;
        private final TimeUnit precision;
        private final boolean gzipped;
        private final long begun = System.nanoTime();
        private final MemoryBudget.Share share = budget.share();
        private Segments body = new Segments(share);

        Reception(RoutingContext context, Category category, TimeUnit precision, boolean gzipped) {
            this.context = context;
            this.category = category;
            this.precision = precision;
            this.gzipped = gzipped;
        }

        void begin() {
            take(() -> share.receive(OVERHEAD));
            receptions.add(this);
            HttpServerRequest request = context.request();
            request.handler(this::chunk);
            request.endHandler(ended -> whole());
            request.exceptionHandler(broken -> end());
            request.resume();
        }

        private void chunk(Buffer chunk) {
            try {
                refuseAbove(body.length() + chunk.length());
                byte[] bytes = chunk.getBytes();
                take(() -> body.append(bytes));
            } catch (UploadRefusedException refused) {
                giveUp(refused);
            }
        }

        /** Takes memory; a small body takes it from the slowest one where there is none left. */
        private void take(Runnable taking) {
            while (true) {
                try {
                    taking.run();
                    return;
                } catch (UploadRefusedException refused) {
                    Reception slowest =
                            receptions.isEmpty() ? this : receptions.iterator().next();
                    if (!refused.isForNow()
                            || body.length() > SMALL_BODY
                            || slowest == this
                            || System.nanoTime() - slowest.begun < SLOW_NANOS) {
                        throw refused;
                    }
                    slowest.cutOff();
                }
            }
        }

        private void giveUp(UploadRefusedException refused) {
            end();
            refuse(context, refused);
        }

        private void cutOff() {
            end();
            HttpServerRequest request = context.request();
            request.handler(chunk -> {});
            request.endHandler(ended -> {});
            UploadRefusedException refused =
                    UploadRefusedException.notNow("too slow while much is under way; try again");
            refused(request.remoteAddress(), refused);
            answer(context, refused);
            request.connection().close();
        }

        private void end() {
            receptions.remove(this);
            share.close();
            body = null;
        }

        private void whole() {
            receptions.remove(this);
            HttpServerRequest request = context.request();
            received.put(
                    request, new Received(category, body, gzipped, precision, now(), request.remoteAddress(), share));
            // Nobody takes it when its sender is gone before a worker is free, or while the product stops.
            context.addEndHandler(ended -> {
                Received left = received.remove(request);
                if (left != null) {
                    left.share().close();
                }
            });
            context.next();
        }

        private long now() {
            Instant now = clock.instant();
            return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
        }
    }
}
