package io.funcobserver.intake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;

import io.funcobserver.demo.FreePort;
import io.funcobserver.demo.UploadClient;
import io.funcobserver.http.BoundedServers;
import io.funcobserver.observe.Metrics;
import io.funcobserver.spool.BatchLimits;
import io.funcobserver.spool.LineBlock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.Main;

/** The route of the intake between a real HTTP port and a file that is written and fsynced in the spool's place. */
public final class IntakeRig implements AutoCloseable {
    /** Lines that were given up. */
    record Rejected(String category, String reason, long lines, String content) {}

    /** As they are by default. */
    static final BatchLimits LIMITS = new BatchLimits(1 << 20, 10_000, Duration.ofSeconds(1));

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    final int port = FreePort.next();
    final int observePort = FreePort.next();
    final List<LineBlock> appended = new CopyOnWriteArrayList<>();
    final List<Rejected> rejected = new CopyOnWriteArrayList<>();
    final List<Portion.Call> calls = new CopyOnWriteArrayList<>();
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    private final Main camel = new Main();
    private final FileChannel spool;
    private final MemoryBudget budget;
    private volatile RuntimeException failure;

    IntakeRig(Path folder, IntakeSettings settings) throws Exception {
        spool = FileChannel.open(folder.resolve("spool.lp"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        Metrics metrics = new Metrics(meters);
        IntakeDoor door = new IntakeDoor(settings, metrics, Clock.systemUTC());
        budget = door.budget();
        camel.bind("http-servers", new BoundedServers(door::install));
        camel.bind("intake", new Intake(settings, door));
        camel.bind("groupCommit", new GroupCommit(settings.batch(), metrics, calls::add));
        camel.configure().addRoutesBuilder(new Behind());
        camel.setDefaultPropertyPlaceholderLocation("false");
        camel.setOverrideProperties(properties());
        camel.start();
    }

    /** With the limits that the product has by default, and as much memory as a small heap leaves. */
    static IntakeRig start(Path folder) throws Exception {
        return new IntakeRig(folder, IntakeSettings.of(null, 64L << 20, Map.of(), LIMITS));
    }

    private Properties properties() {
        Properties properties = new Properties();
        properties.putAll(Map.of(
                "intake.enabled", "true",
                "camel.main.routes-include-pattern", "file:routes/intake.camel.yaml",
                "camel.main.shutdown-timeout", "5",
                "camel.main.jmx-enabled", "false",
                "camel.server.enabled", "true",
                "camel.server.host", "127.0.0.1",
                "camel.server.port", Integer.toString(port)));
        properties.putAll(Map.of(
                "camel.management.enabled", "true",
                "camel.management.host", "127.0.0.1",
                "camel.management.port", Integer.toString(observePort),
                "camel.management.health-check-enabled", "true",
                "camel.management.health-path", "/observe/health"));
        return properties;
    }

    private final class Behind extends RouteBuilder {
        @Override
        public void configure() {
            errorHandler(noErrorHandler());
            from("direct:append").process(this::append);
            from("direct:reject-lines").process(this::reject);
        }

        private void append(Exchange exchange) throws IOException {
            if (failure != null) {
                throw failure;
            }
            LineBlock block = exchange.getMessage().getBody(LineBlock.class);
            spool.write(ByteBuffer.wrap(block.content()));
            spool.force(false);
            appended.add(block);
        }

        private void reject(Exchange exchange) {
            rejected.add(new Rejected(
                    exchange.getMessage().getHeader("category", String.class),
                    exchange.getMessage().getHeader("reason", String.class),
                    exchange.getMessage().getHeader("lines", Long.class),
                    new String(exchange.getMessage().getBody(byte[].class), StandardCharsets.UTF_8)));
        }
    }

    /** What stands in the spool's place fails from now on; null to end that. */
    void failWith(RuntimeException next) {
        failure = next;
    }

    /** The bytes that all requests under way hold. */
    long memory() {
        return budget.taken();
    }

    String url(String path) {
        return "http://127.0.0.1:" + port + path;
    }

    /** All lines that were made safe, in order. */
    List<String> lines() {
        return appended.stream()
                .flatMap(block -> new String(block.content(), StandardCharsets.UTF_8).lines())
                .toList();
    }

    HttpResponse<String> post(String path, String body, String... headers) {
        return post(path, body.getBytes(StandardCharsets.UTF_8), headers);
    }

    HttpResponse<String> post(String path, byte[] body, String... headers) {
        return send(
                HttpRequest.newBuilder(URI.create(url(path))).POST(HttpRequest.BodyPublishers.ofByteArray(body)),
                headers);
    }

    HttpResponse<String> send(HttpRequest.Builder request, String... headers) {
        try {
            HttpRequest.Builder with = headers.length == 0 ? request : request.headers(headers);
            return HTTP.send(with.version(HttpClient.Version.HTTP_1_1).build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    double counted(String name, String... labels) {
        return meters.get("func_observer_" + name).tags(labels).counter().count();
    }

    static byte[] join(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    static byte[] gzip(String text) {
        return UploadClient.gzip(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() throws IOException {
        camel.stop();
        spool.close();
    }
}
