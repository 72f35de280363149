package io.funcobserver.intake;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.funcobserver.lineprotocol.Category;
import io.funcobserver.observe.Metrics;
import io.funcobserver.spool.BatchLimits;
import io.funcobserver.spool.LineBlock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

class GroupCommitTest {
    private static final BatchLimits LIMITS = new BatchLimits(100, 5, Duration.ofSeconds(1));

    private final DefaultCamelContext camel = new DefaultCamelContext();
    private final Semaphore disk = new Semaphore(0);
    private final AtomicInteger begun = new AtomicInteger();
    private final List<LineBlock> written = new CopyOnWriteArrayList<>();
    private final ExecutorService requests = Executors.newCachedThreadPool();
    private final GroupCommit commit = new GroupCommit(LIMITS, new Metrics(new SimpleMeterRegistry()), call -> {});
    private volatile RuntimeException failure;

    @BeforeEach
    void start() throws Exception {
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("direct:append").process(exchange -> {
                    begun.incrementAndGet();
                    disk.acquire();
                    if (failure != null) {
                        throw failure;
                    }
                    written.add(exchange.getMessage().getBody(LineBlock.class));
                });
            }
        });
        camel.start();
    }

    @AfterEach
    void stop() {
        requests.shutdownNow();
        camel.stop();
    }

    private CompletableFuture<Void> request(String lines) {
        byte[] content = lines.getBytes(StandardCharsets.UTF_8);
        Portion.Points points =
                new Portion.Points(Category.METRIC, content, lines.lines().count(), List.of());
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        commit.commit(points, camel);
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                },
                requests);
    }

    /** A request that is being written, and those that came meanwhile. */
    private List<CompletableFuture<Void>> oneThen(String... others) {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        all.add(request("first\n"));
        await().until(() -> begun.get() == 1);
        for (String lines : others) {
            int before = commit.waiting(Category.METRIC);
            all.add(request(lines));
            await().until(() -> commit.waiting(Category.METRIC) > before);
        }
        return all;
    }

    private List<String> blocks() {
        return written.stream()
                .map(block -> new String(block.content(), StandardCharsets.UTF_8))
                .toList();
    }

    private static void finish(List<CompletableFuture<Void>> all) throws Exception {
        CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(30, TimeUnit.SECONDS);
    }

    @Test
    void whoeverComesMeanwhileSharesTheNextWrite() throws Exception {
        List<CompletableFuture<Void>> all = oneThen("a\n", "b\n", "c\n");
        disk.release();
        all.get(0).get(30, TimeUnit.SECONDS);
        assertThat(all.subList(1, 4)).noneMatch(CompletableFuture::isDone);
        disk.release();
        finish(all);
        assertThat(blocks()).containsExactly("first\n", "a\nb\nc\n");
        assertThat(written.get(1).lines()).isEqualTo(3);
    }

    @Test
    void noBlockExceedsTheLimitsUnlessOneRequestDoes() throws Exception {
        String large = "x".repeat(150) + "\n";
        List<CompletableFuture<Void>> all =
                oneThen("a\n1\n2\n3\n", "b\n4\n", large, "y".repeat(60) + "\n", "z".repeat(60) + "\n");
        disk.release(10);
        finish(all);
        assertThat(blocks())
                .containsExactly(
                        "first\n", "a\n1\n2\n3\n", "b\n4\n", large, "y".repeat(60) + "\n", "z".repeat(60) + "\n");
    }

    @Test
    void aFailureReachesEachOfItsGroupAndNobodyElse() throws Exception {
        List<CompletableFuture<Void>> all = oneThen("a\n", "b\n");
        disk.release();
        all.get(0).get(30, TimeUnit.SECONDS);
        failure = new IllegalStateException("no disk");
        disk.release();
        for (CompletableFuture<Void> failed : all.subList(1, 3)) {
            assertThatThrownBy(() -> failed.get(30, TimeUnit.SECONDS)).hasStackTraceContaining("no disk");
        }
        failure = null;
        disk.release();
        request("d\n").get(30, TimeUnit.SECONDS);
        assertThat(blocks()).containsExactly("first\n", "d\n");
    }
}
