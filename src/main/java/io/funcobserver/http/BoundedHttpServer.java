package io.funcobserver.http;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.funcobserver.diagnosis.PrintableText;
import io.funcobserver.observe.RateLimitedLog;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.impl.VertxBuilder;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServer;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServerConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Camel's embedded HTTP server with limits: of connections, of time, of what a request may hold, and of threads.
 *
 * <p>Camel 4.17 makes its Vert.x servers with default options, which know none of them.
 */
public final class BoundedHttpServer extends VertxPlatformHttpServer {
    private static final Logger LOG = LoggerFactory.getLogger(BoundedHttpServer.class);
    private static final long LOOK_AT_CONNECTIONS_MS = 500;
    private static final long LOOK_AT_THREADS_SECONDS = 10;
    private static final int LONGEST_REASON = 200;
    private static final int ANSWER_SECONDS = 10;
    private static final String UNDECODABLE = "the address holds a % that two hex digits do not follow";
    private static final int MALFORMED = 400;
    private static final int NOT_FOUND = 404;
    private static final int NOT_ALLOWED = 405;
    private static final int TOO_LARGE = 413;

    private final String host;
    private final int port;
    private final ServerLimits limits;
    private final Consumer<Router> handlers;
    private final Connections connections;
    private final RateLimitedLog invalid = new RateLimitedLog(LOG::warn);
    private HttpServer server;
    /** Whether the connections are looked at now and then, while there are any; for the event loop alone. */
    private boolean isWatching;

    /** @param handlers puts handlers of its own in front of those that Camel adds */
    public BoundedHttpServer(String host, int port, ServerLimits limits, Consumer<Router> handlers) {
        super(address(host, port));
        this.host = host;
        this.port = port;
        this.limits = limits;
        this.handlers = handlers;
        this.connections = new Connections(limits, System::nanoTime);
    }

    private static VertxPlatformHttpServerConfiguration address(String host, int port) {
        VertxPlatformHttpServerConfiguration address = new VertxPlatformHttpServerConfiguration();
        address.setBindHost(host);
        address.setBindPort(port);
        return address;
    }

    /** None that another server uses: a busy intake must not hold up health. */
    @Override
    protected Vertx lookupVertx() {
        return null;
    }

    @Override
    protected Vertx createVertxInstance() {
        VertxOptions options = new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(limits.workers())
                .setInternalBlockingPoolSize(1)
                .setBlockedThreadCheckInterval(TimeUnit.SECONDS.toMillis(LOOK_AT_THREADS_SECONDS))
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false));
        return new VertxBuilder(options).findTransport(new OneLoop()).init().vertx();
    }

    @Override
    protected void startServer() throws Exception {
        String name = VertxPlatformHttpRouter.getRouterNameFromPort(port);
        Router router = VertxPlatformHttpRouter.lookup(getCamelContext(), name);
        router.route().handler(this::admit);
        handlers.accept(router);
        router.errorHandler(NOT_FOUND, context -> answer(context, NOT_FOUND, "there is nothing at this path"));
        router.errorHandler(NOT_ALLOWED, context -> answer(context, NOT_ALLOWED, "this path takes another method"));
        server = getVertx()
                .createHttpServer(options())
                .connectionHandler(this::opened)
                .exceptionHandler(broken -> {})
                .invalidRequestHandler(this::refuseInvalid)
                .requestHandler(router);
        await(server.listen(port, host).toCompletionStage().toCompletableFuture());
    }

    private void opened(HttpConnection connection) {
        connections.opened(connection);
        if (!isWatching) {
            isWatching = true;
            getVertx().setPeriodic(LOOK_AT_CONNECTIONS_MS, timer -> {
                connections.cutOff();
                isWatching = !connections.isEmpty();
                if (!isWatching) {
                    getVertx().cancelTimer(timer);
                }
            });
        }
    }

    private HttpServerOptions options() {
        return new HttpServerOptions()
                // A connection of HTTP/2 without TLS is first seen with its first bytes, and may never send any.
                .setHttp2ClearTextEnabled(false)
                // There are no web sockets here; each request would pass through what unpacks them.
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false)
                .setHandle100ContinueAutomatically(limits.bodies())
                .setTcpNoDelay(true);
    }

    /** What is no HTTP is answered as Vert.x does it, 400, 414 or 431, and said: somebody has a wrong address. */
    private void refuseInvalid(HttpServerRequest request) {
        sayInvalid(request, String.valueOf(request.decoderResult().cause().getMessage()));
        HttpServerRequest.DEFAULT_INVALID_REQUEST_HANDLER.handle(request);
    }

    private void sayInvalid(HttpServerRequest request, String reason) {
        invalid.say("A client at " + request.remoteAddress().hostAddress() + " sent to port " + server.actualPort()
                + " what is no HTTP request: "
                + PrintableText.of(reason, LONGEST_REASON)
                + " (said once a minute at most)");
    }

    private void admit(RoutingContext context) {
        HttpServerRequest request = context.request();
        connections.begins(request.connection(), request);
        // On the event loop, whoever answers.
        context.addEndHandler(
                ended -> context.vertx().runOnContext(later -> connections.ends(request.connection(), request)));
        if (context.response().writeQueueFull()) {
            // Its sender does not read the answers before: no further one is made until it does, or is cut off.
            request.pause();
            context.response().drainHandler(drained -> {
                request.resume();
                pass(context);
            });
        } else {
            pass(context);
        }
    }

    private void pass(RoutingContext context) {
        try {
            // Vert.x decodes these when they are first asked for, and answers 500 with a line in the log each time.
            context.normalizedPath();
            context.request().params();
        } catch (IllegalArgumentException malformed) {
            // Its message repeats the address, which may hold a token.
            sayInvalid(context.request(), UNDECODABLE);
            context.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
            answer(context, MALFORMED, UNDECODABLE);
            return;
        }
        if (!limits.bodies() && hasBody(context.request())) {
            // What was sent is not read: nothing can follow on this connection.
            context.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
            answer(context, TOO_LARGE, "this path takes no body");
        } else {
            context.next();
        }
    }

    private static boolean hasBody(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        return request.headers().contains(HttpHeaders.TRANSFER_ENCODING) || length != null && !length.equals("0");
    }

    /** Answers with one line of text. */
    public static void answer(RoutingContext context, int status, String why) {
        if (!context.response().ended() && !context.response().closed()) {
            context.response()
                    .setStatusCode(status)
                    .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; charset=utf-8")
                    .end(why + "\n");
        }
    }

    @Override
    public HttpServer getServer() {
        return server;
    }

    @Override
    public int getPort() {
        return server == null ? port : server.actualPort();
    }

    @Override
    protected void stopServer() {
        if (server != null) {
            await(server.close().toCompletionStage().toCompletableFuture());
            server = null;
        }
    }

    @Override
    protected void stopVertx() {
        if (getVertx() != null) {
            await(getVertx().close().toCompletionStage().toCompletableFuture());
        }
    }

    private static void await(CompletableFuture<?> done) {
        done.orTimeout(ANSWER_SECONDS, TimeUnit.SECONDS).join();
    }
}
