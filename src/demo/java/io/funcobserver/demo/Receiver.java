package io.funcobserver.demo;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;
import javax.net.ssl.SSLContext;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;

/**
 * A real HTTP server on 127.0.0.1 that takes line protocol as DataKit 1.8x does, remembers what it got, and misbehaves
 * when told to.
 *
 * <p>A body is stored whole and answered with 200, or refused whole with 400 when one line of it is bad. What is
 * accepted is kept as it was sent: DataKit's own rewriting (string fields of metrics, dots in keys) is not played.
 */
public final class Receiver implements AutoCloseable {
    static {
        // The JDK's server otherwise delays a small answer on a kept connection by 40 ms; read once, by its classes.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private static final int PART_OF_BODY = 64;
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

    private final Set<String> paths;
    private final SSLContext tls;
    private final boolean keeps;
    private final AtomicInteger numbers = new AtomicInteger();
    private final List<Request> requests = new ArrayList<>();
    private final List<Line> accepted = new ArrayList<>();

    private volatile Function<Request, Answer> script = request -> Answer.usual();
    private volatile Predicate<Line> poison = line -> false;
    private volatile int poisonStatus = 400;
    private volatile boolean partialWrites;
    private volatile long maxDecodedBytes = Long.MAX_VALUE;
    private volatile Consumer<Line> onLine = line -> {};
    private volatile Consumer<Request> onRequest = request -> {};
    private volatile CountDownLatch stopped = new CountDownLatch(1);
    private HttpServer server;
    private ExecutorService threads;
    private int port;

    private Receiver(Set<String> paths, SSLContext tls, boolean keeps) {
        this.paths = paths;
        this.tls = tls;
        this.keeps = keeps;
    }

    /** A receiver at DataKit's paths. */
    public static Receiver started() throws IOException {
        return started("/v1/write/metric", "/v1/write/logging");
    }

    /** A receiver at these paths, for InfluxDB's and the like. */
    public static Receiver started(String... paths) throws IOException {
        return started(new Receiver(Set.of(paths), null, true));
    }

    /** A receiver at DataKit's paths that speaks HTTPS. */
    public static Receiver started(SSLContext tls) throws IOException {
        return started(new Receiver(Set.of("/v1/write/metric", "/v1/write/logging"), tls, true));
    }

    /** A receiver at DataKit's paths that tells its listeners and forgets, for runs without an end. */
    public static Receiver startedForgetful() throws IOException {
        return started(new Receiver(Set.of("/v1/write/metric", "/v1/write/logging"), null, false));
    }

    private static Receiver started(Receiver receiver) throws IOException {
        receiver.start();
        return receiver;
    }

    /** Listens, after {@link #stop()} on the same port again. */
    public synchronized void start() throws IOException {
        if (server != null) {
            return;
        }
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        if (tls == null) {
            server = HttpServer.create(address, 0);
        } else {
            HttpsServer https = HttpsServer.create(address, 0);
            https.setHttpsConfigurator(new HttpsConfigurator(tls));
            server = https;
        }
        port = server.getAddress().getPort();
        stopped = new CountDownLatch(1);
        threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "receiver");
            thread.setDaemon(true);
            return thread;
        });
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    /** Closes every connection and refuses new ones; what was accepted stays known. */
    public synchronized void stop() {
        if (server == null) {
            return;
        }
        stopped.countDown();
        server.stop(0);
        threads.shutdownNow();
        server = null;
    }

    @Override
    public void close() {
        stop();
    }

    public int port() {
        return port;
    }

    /** The base URL, without a slash at its end. */
    public String url() {
        return (tls == null ? "http" : "https") + "://127.0.0.1:" + port;
    }

    /** Every request is answered so from now on. */
    public Receiver answerWith(Answer answer) {
        return answerWith(request -> answer);
    }

    /** The next requests are answered so, one after the other; those after them as usual. */
    public Receiver answerNext(Answer... answers) {
        AtomicInteger next = new AtomicInteger();
        return answerWith(request -> {
            int index = next.getAndIncrement();
            return index < answers.length ? answers[index] : Answer.usual();
        });
    }

    /** @param answers decides by number, path, query and headers: the body is not read yet; may be called at once by several threads */
    public Receiver answerWith(Function<Request, Answer> answers) {
        script = answers;
        return this;
    }

    /** A body with such a line is refused whole with 400: DataKit's way. */
    public Receiver refuse(Predicate<Line> bad) {
        return refuse(bad, 400);
    }

    /** The same with another status. */
    public Receiver refuse(Predicate<Line> bad, int status) {
        partialWrites = false;
        poisonStatus = status;
        poison = bad;
        return this;
    }

    /** Such lines, and those that cannot be read, are dropped with 400 "partial write", the others stored: InfluxDB 1's way. */
    public Receiver refuseInPart(Predicate<Line> bad) {
        partialWrites = true;
        poison = bad;
        return this;
    }

    /** A body of more bytes after decompression is refused with 413, as by InfluxDB 2. */
    public Receiver refuseAbove(long bytes) {
        maxDecodedBytes = bytes;
        return this;
    }

    /** Is told of every accepted line, by the threads that took them. */
    public Receiver onLine(Consumer<Line> listener) {
        onLine = listener;
        return this;
    }

    /** Is told of every request once it is answered, by the threads that answered. */
    public Receiver onRequest(Consumer<Request> listener) {
        onRequest = listener;
        return this;
    }

    /** Every request up to now that was answered or broken off, in that order. */
    public List<Request> requests() {
        synchronized (requests) {
            return List.copyOf(requests);
        }
    }

    /** Every accepted line up to now, in order. */
    public List<Line> accepted() {
        synchronized (accepted) {
            return List.copyOf(accepted);
        }
    }

    /** Every accepted line of the measurement up to now, in order. */
    public List<Line> accepted(String measurement) {
        return accepted().stream()
                .filter(line -> line.measurement().equals(measurement))
                .toList();
    }

    /**
     * Waits for lines of the measurement, a minute at most.
     *
     * @return all that are there by then
     * @throws AssertionError when fewer have come in time
     */
    public List<Line> awaitAccepted(String measurement, int lines) throws InterruptedException {
        long deadline = System.nanoTime() + LONGEST_WAIT.toNanos();
        synchronized (accepted) {
            while (accepted(measurement).size() < lines) {
                long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (millis <= 0) {
                    throw new AssertionError(
                            accepted(measurement).size() + " instead of " + lines + " lines of " + measurement);
                }
                accepted.wait(millis);
            }
            return accepted(measurement);
        }
    }

    /** Forgets requests and lines. */
    public void clear() {
        synchronized (requests) {
            requests.clear();
        }
        synchronized (accepted) {
            accepted.clear();
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Request request = head(exchange);
            Answer answer = script.apply(request);
            if (answer.kind() == Answer.Kind.RESET_IN_BODY) {
                // Closing with bytes unread makes the system send a reset.
                remember(request.withBody(exchange.getRequestBody().readNBytes(PART_OF_BODY)));
                return;
            }
            request = request.withBody(exchange.getRequestBody().readAllBytes());
            if (!pause(answer.delay())) {
                return;
            }
            Answer given = answer;
            if (answer.looksAtBody()) {
                Verdict verdict = judge(request);
                request = request.withLines(verdict.lines());
                store(verdict.stored());
                given = answer.kind() == Answer.Kind.USUAL ? verdict.answer() : answer;
            }
            switch (given.kind()) {
                case NO_ANSWER -> {
                    remember(request);
                    pause(Duration.ofDays(1));
                }
                case RESET_BEFORE_ANSWER, STORE_THEN_RESET -> remember(request);
                default -> {
                    // Before the answer: whoever has the answer finds the request here.
                    remember(request.withStatus(given.status()));
                    answer(exchange, given);
                }
            }
        }
    }

    private Request head(HttpExchange exchange) {
        Map<String, String> headers = new TreeMap<>();
        exchange.getRequestHeaders()
                .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.get(0)));
        return new Request(
                numbers.incrementAndGet(),
                Instant.now(),
                exchange.getRequestMethod(),
                exchange.getRequestURI().getPath(),
                exchange.getRequestURI().getRawQuery(),
                Map.copyOf(headers),
                new byte[0],
                List.of(),
                0);
    }

    /** False when the receiver stops meanwhile. */
    private boolean pause(Duration delay) {
        try {
            return !stopped.await(delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private record Verdict(List<Line> lines, List<Line> stored, Answer answer) {
        static Verdict refused(int status, String code, String message) {
            return refused(List.of(), status, code, message);
        }

        static Verdict refused(List<Line> lines, int status, String code, String message) {
            String json = "{\"error_code\":\"" + code + "\",\"message\":\"" + escaped(message) + "\"}";
            return new Verdict(
                    lines,
                    List.of(),
                    Answer.status(status)
                            .header("Content-Type", "application/json")
                            .body(json));
        }

        private static String escaped(String text) {
            StringBuilder json = new StringBuilder();
            text.chars().forEach(c -> {
                if (c < ' ' || c == '"' || c == '\\') {
                    json.append(String.format("\\u%04x", c));
                } else {
                    json.append((char) c);
                }
            });
            return json.toString();
        }
    }

    private Verdict judge(Request request) {
        if (!paths.contains(request.path())) {
            return Verdict.refused(404, "datakit.routeNotFound", "no such route");
        }
        if (!request.method().equals("POST")) {
            return Verdict.refused(405, "datakit.methodNotAllowed", "only POST");
        }
        byte[] decoded;
        try {
            decoded = decoded(request);
        } catch (IOException e) {
            // As DataKit does: it answers 200 and the body is lost.
            return new Verdict(List.of(), List.of(), Answer.status(200));
        }
        if (decoded.length > maxDecodedBytes) {
            return Verdict.refused(413, "datakit.bodyTooLarge", "more than " + maxDecodedBytes + " bytes");
        }
        LineParser.Result result = LineParser.parse(decoded);
        List<Line> good = result.lines().stream().filter(poison.negate()).toList();
        List<String> errors = new ArrayList<>(result.errors());
        result.lines().stream().filter(poison).forEach(line -> errors.add("poison: " + line.text()));
        if (partialWrites && !errors.isEmpty()) {
            return new Verdict(
                    result.lines(),
                    good,
                    Answer.status(400)
                            .header("Content-Type", "application/json")
                            .body("{\"error\":\"partial write: field type conflict dropped=" + errors.size() + "\"}"));
        }
        if (!errors.isEmpty()) {
            List<Line> lines = result.errors().isEmpty() ? result.lines() : List.of();
            return Verdict.refused(
                    lines, result.errors().isEmpty() ? poisonStatus : 400, "datakit.parsePointFailed", errors.get(0));
        }
        return new Verdict(good, good, Answer.status(200));
    }

    private static byte[] decoded(Request request) throws IOException {
        if (!"gzip".equals(request.header("content-encoding"))) {
            return request.body();
        }
        // Reads one gzip member after the other.
        try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(request.body()), 65_536)) {
            return gzip.readAllBytes();
        }
    }

    private void store(List<Line> lines) {
        if (keeps) {
            synchronized (accepted) {
                accepted.addAll(lines);
                accepted.notifyAll();
            }
        }
        lines.forEach(onLine);
    }

    private void remember(Request request) {
        if (keeps) {
            synchronized (requests) {
                requests.add(request);
            }
        }
        onRequest.accept(request);
    }

    private static void answer(HttpExchange exchange, Answer answer) throws IOException {
        answer.headers().forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
        byte[] body = answer.body();
        exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
    }
}
