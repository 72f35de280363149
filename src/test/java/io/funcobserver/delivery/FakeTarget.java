package io.funcobserver.delivery;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.funcobserver.spool.Gzip;

/** A real HTTP server that answers as a test says, and remembers each request. */
final class FakeTarget implements AutoCloseable {
    /** One request as it came in. */
    record Request(String path, Map<String, List<String>> headers, byte[] body) {
        String lines() {
            try {
                boolean gzip = "gzip".equals(header("Content-encoding"));
                return new String(gzip ? Gzip.unpack(body) : body, StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new AssertionError("the body is no gzip", e);
            }
        }

        String header(String name) {
            return headers.getOrDefault(name, List.of("")).get(0);
        }
    }

    /** One answer; a status of 0 closes the connection without any. */
    record Reply(int status, String body, Map<String, String> headers) {
        Reply(int status) {
            this(status, "", Map.of());
        }

        Reply(int status, String body) {
            this(status, body, Map.of());
        }

        Reply with(String name, String value) {
            Map<String, String> more = new LinkedHashMap<>(headers);
            more.put(name, value);
            return new Reply(status, body, more);
        }
    }

    final List<Request> requests = new CopyOnWriteArrayList<>();
    final List<Request> accepted = new CopyOnWriteArrayList<>();
    volatile Function<Request, Reply> answering = request -> new Reply(200);

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    FakeTarget(int port) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    String url() {
        return "http://127.0.0.1:" + port();
    }

    private void handle(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        Map<String, List<String>> headers = new LinkedHashMap<>();
        exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, new ArrayList<>(values)));
        Request request = new Request(exchange.getRequestURI().toString(), headers, body);
        Reply reply = answering.apply(request);
        requests.add(request);
        if (reply.status() == 0) {
            exchange.close();
            return;
        }
        if (reply.status() / 100 == 2) {
            accepted.add(request);
        }
        reply.headers().forEach(exchange.getResponseHeaders()::add);
        byte[] text = reply.body().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(reply.status(), text.length == 0 ? -1 : text.length);
        exchange.getResponseBody().write(text);
        exchange.close();
    }

    /** Every line that was accepted, in order of arrival. */
    List<String> acceptedLines() {
        List<String> lines = new ArrayList<>();
        accepted.forEach(request -> lines.addAll(request.lines().lines().toList()));
        return lines;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
