package io.funcobserver.intake;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import io.funcobserver.http.BoundedHttpServer;
import io.funcobserver.observe.Metrics;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/**
 * Stands before the intake's route, on the event loop: counts every request, asks for the token, and receives the body in
 * bounded memory, so that a worker only begins with what has arrived whole.
 *
 * <p>A refused body is read to its end and thrown away before it is answered: a client that still sends would see a reset
 * connection instead of the answer.
 */
public final class IntakeDoor {
    private static final String WRITE = "/v1/write/";
    private static final String RETRY_AFTER_SECONDS = "1";
    private static final String NO_CATEGORY = "none";
    private static final int UNAUTHORIZED = 401;
    private static final int NOT_FOUND = 404;
    private static final int NOT_NOW = 503;
    /** What a request takes beside its body. */
    private static final int OVERHEAD = 4096;

    private final IntakeSettings settings;
    private final MemoryBudget budget;
    private final Metrics metrics;
    private final Clock clock;
    private final byte[] token;
    private final Map<HttpServerRequest, Received> received = new ConcurrentHashMap<>();

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
        router.route().handler(this::count);
        router.route(HttpMethod.POST, WRITE + "*").handler(this::receive);
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
        String category = category(context);
        context.addEndHandler(ended -> metrics.intakeRequest(
                category,
                ended.succeeded() ? Integer.toString(context.response().getStatusCode()) : "io"));
        context.next();
    }

    private static String category(RoutingContext context) {
        String path = context.normalizedPath();
        return path.equals(WRITE + "metric") || path.equals(WRITE + "logging")
                ? path.substring(WRITE.length())
                : NO_CATEGORY;
    }

    private void receive(RoutingContext context) {
        HttpServerRequest request = context.request();
        if (category(context).equals(NO_CATEGORY)) {
            refuse(context, NOT_FOUND, "there is nothing at this path; give /v1/write/metric or /v1/write/logging");
            return;
        }
        if (!isKnown(request.getParam("token"))) {
            refuse(context, UNAUTHORIZED, "the token is missing or wrong; give it as ?token=");
            return;
        }
        try {
            Precision precision = Precision.of(request.getParam("precision"));
            boolean gzipped = isGzipped(request.getHeader(HttpHeaders.CONTENT_ENCODING));
            refuseLength(request.getHeader(HttpHeaders.CONTENT_LENGTH));
            new Reception(context, precision, gzipped).begin();
        } catch (UploadRefusedException refused) {
            refuse(context, refused.status(), refused.getMessage());
        }
    }

    private boolean isKnown(String given) {
        return token.length == 0
                || given != null && MessageDigest.isEqual(token, given.getBytes(StandardCharsets.UTF_8));
    }

    private static boolean isGzipped(String encoding) {
        return switch (encoding == null ? "" : encoding.strip().toLowerCase(Locale.ROOT)) {
            case "", "identity" -> false;
            case "gzip", "x-gzip" -> true;
            default -> throw UploadRefusedException.malformed("the Content-Encoding is neither gzip nor identity");
        };
    }

    private void refuseLength(String length) {
        try {
            if (length != null && Long.parseLong(length) > settings.maxBody()) {
                throw UploadRefusedException.tooLarge("the body is larger than " + settings.maxBody() + " bytes");
            }
        } catch (NumberFormatException e) {
            throw UploadRefusedException.malformed("the Content-Length is no number");
        }
    }

    /** Throws the rest of the body away, then answers. */
    private void refuse(RoutingContext context, int status, String why) {
        HttpServerRequest request = context.request();
        if (status == NOT_NOW) {
            context.response().putHeader(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
        }
        if (request.isEnded()) {
            BoundedHttpServer.answer(context, status, why);
            return;
        }
        long[] dropped = {0};
        request.handler(chunk -> {
            dropped[0] += chunk.length();
            if (dropped[0] > 2 * settings.maxBody()) {
                request.connection().close();
            }
        });
        request.endHandler(ended -> BoundedHttpServer.answer(context, status, why));
        request.exceptionHandler(broken -> {});
        request.resume();
    }

    /** A body on its way. */
    private final class Reception {
        private final RoutingContext context;
        private final Precision precision;
        private final boolean gzipped;
        private final MemoryBudget.Share share = budget.share();
        private Segments body = new Segments(share);

        Reception(RoutingContext context, Precision precision, boolean gzipped) {
            this.context = context;
            this.precision = precision;
            this.gzipped = gzipped;
        }

        void begin() {
            share.take(OVERHEAD);
            HttpServerRequest request = context.request();
            request.handler(this::chunk);
            request.endHandler(ended -> whole());
            request.exceptionHandler(broken -> share.close());
            request.resume();
        }

        private void chunk(Buffer chunk) {
            try {
                if (body.length() + (long) chunk.length() > settings.maxBody()) {
                    throw UploadRefusedException.tooLarge("the body is larger than " + settings.maxBody() + " bytes");
                }
                body.append(chunk.getBytes());
            } catch (UploadRefusedException refused) {
                body = null;
                share.close();
                refuse(context, refused.status(), refused.getMessage());
            }
        }

        private void whole() {
            HttpServerRequest request = context.request();
            received.put(request, new Received(body, gzipped, precision, now(), share));
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
