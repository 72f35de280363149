package io.funcobserver.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/**
 * The part of a Kubernetes API server that Leases need, over HTTP, with its optimistic concurrency: each object has a {@code
 * resourceVersion}, a write that names an older one is refused with 409, and so is a second creation.
 */
public final class LeaseServer implements AutoCloseable {
    public static final String NAMESPACE = "observed";

    private static final String LEASES = "/apis/coordination.k8s.io/v1/namespaces/" + NAMESPACE + "/leases";
    private static final String REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    private static final ObjectMapper JSON = new ObjectMapper();

    /** A write that was accepted: since when who holds the Lease; null for nobody. */
    public record Held(long nanos, String holder) {}

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "lease-server");
        thread.setDaemon(true);
        return thread;
    });
    private final Map<String, ObjectNode> leases = new TreeMap<>();
    private final List<Held> history = new ArrayList<>();
    private final List<String> denied = new ArrayList<>();
    private long version = 100;
    private long conflicts;
    private int forbidden;

    public LeaseServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    public int port() {
        return server.getAddress().getPort();
    }

    /** What tells the product where its API server is, by way of a port in front of this one. */
    public static Map<String, String> environment(int port) {
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("KUBERNETES_MASTER", "http://127.0.0.1:" + port);
        variables.put("KUBERNETES_NAMESPACE", NAMESPACE);
        variables.put("KUBECONFIG", "/nowhere/at/all");
        return variables;
    }

    /** Each change of the holder. */
    public synchronized List<Held> history() {
        return List.copyOf(history);
    }

    /** Who holds the Lease, or null. */
    public synchronized String holder() {
        return history.isEmpty() ? null : history.get(history.size() - 1).holder();
    }

    /** The Lease as it is stored, or null. */
    public synchronized JsonNode lease(String name) {
        return leases.get(name) == null ? null : leases.get(name).deepCopy();
    }

    /** Stores a Lease as another client would. */
    public synchronized void put(String name, String json) throws IOException {
        store(name, (ObjectNode) JSON.readTree(json));
    }

    public synchronized long conflicts() {
        return conflicts;
    }

    /** Says at reviews that these verbs are not allowed. */
    public synchronized void deny(String... verbs) {
        denied.clear();
        denied.addAll(List.of(verbs));
    }

    /** Answers this status to everything, or with 0 answers as usual. */
    public synchronized void refuseAll(int status) {
        forbidden = status;
    }

    private void handle(HttpExchange exchange) {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            ObjectNode answer;
            int status;
            synchronized (this) {
                Answer answered = answer(
                        exchange.getRequestMethod(), exchange.getRequestURI().getPath(), body);
                answer = answered.body();
                status = answered.status();
            }
            byte[] bytes = JSON.writeValueAsBytes(answer);
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record Answer(int status, ObjectNode body) {}

    private Answer answer(String method, String path, byte[] body) throws IOException {
        if (forbidden != 0) {
            return status(forbidden, "Forbidden");
        }
        if (path.equals(REVIEWS)) {
            ObjectNode review = (ObjectNode) JSON.readTree(body);
            String verb = review.at("/spec/resourceAttributes/verb").asText();
            review.putObject("status").put("allowed", !denied.contains(verb));
            return new Answer(201, review);
        }
        if (!path.startsWith(LEASES)) {
            return status(404, "NotFound");
        }
        String name = path.equals(LEASES) ? null : path.substring(LEASES.length() + 1);
        switch (method) {
            case "GET":
                return leases.containsKey(name) ? new Answer(200, leases.get(name)) : status(404, "NotFound");
            case "POST":
                ObjectNode created = (ObjectNode) JSON.readTree(body);
                String named = created.at("/metadata/name").asText();
                if (leases.containsKey(named)) {
                    conflicts++;
                    return status(409, "AlreadyExists");
                }
                return new Answer(201, store(named, created));
            case "PUT":
                ObjectNode updated = (ObjectNode) JSON.readTree(body);
                if (!leases.containsKey(name)) {
                    return status(404, "NotFound");
                }
                String known = updated.at("/metadata/resourceVersion").asText();
                String newest = leases.get(name).at("/metadata/resourceVersion").asText();
                if (!known.isEmpty() && !known.equals(newest)) {
                    conflicts++;
                    return status(409, "Conflict");
                }
                return new Answer(200, store(name, updated));
            default:
                return status(405, "MethodNotAllowed");
        }
    }

    private ObjectNode store(String name, ObjectNode lease) {
        ObjectNode metadata = lease.withObject("/metadata");
        metadata.put("name", name).put("namespace", NAMESPACE).put("resourceVersion", Long.toString(++version));
        leases.put(name, lease);
        String holder = lease.at("/spec/holderIdentity").asText("");
        holder = holder.isEmpty() ? null : holder;
        if (history.isEmpty() || !java.util.Objects.equals(holder(), holder)) {
            history.add(new Held(System.nanoTime(), holder));
        }
        return lease;
    }

    private static Answer status(int code, String reason) {
        ObjectNode status = JSON.createObjectNode();
        status.put("kind", "Status").put("apiVersion", "v1").put("status", "Failure");
        status.put("reason", reason).put("message", reason).put("code", code);
        return new Answer(code, status);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
