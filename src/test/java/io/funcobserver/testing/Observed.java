package io.funcobserver.testing;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** What a running product shows below {@code /observe/}. */
public record Observed(String port) {
    private static final Duration LONGEST_ANSWER = Duration.ofSeconds(20);
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** Whether there is an answer, be it UP or DOWN. */
    public boolean answers() {
        try {
            health();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    public String health() throws IOException {
        return get("health");
    }

    public Scrape metrics() throws IOException {
        return new Scrape(get("metrics"));
    }

    /** @param path below {@code /observe/} */
    public String get(String path) throws IOException {
        return ask(path).body();
    }

    /** @param path below {@code /observe/} */
    public int status(String path) throws IOException {
        return ask(path).statusCode();
    }

    private HttpResponse<String> ask(String path) throws IOException {
        URI uri = URI.create("http://127.0.0.1:" + port + "/observe/" + path);
        try {
            return HTTP.send(
                    HttpRequest.newBuilder(uri).timeout(LONGEST_ANSWER).build(), HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }
}
