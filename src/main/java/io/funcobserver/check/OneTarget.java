package io.funcobserver.check;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

import io.funcobserver.config.ConfigurationException;
import io.funcobserver.config.Secrets;
import io.funcobserver.config.Settings;
import io.funcobserver.config.TargetSettings;
import io.funcobserver.delivery.TargetUrl;
import io.funcobserver.diagnosis.Endpoint;
import io.funcobserver.diagnosis.NetworkDiagnosis;
import io.funcobserver.diagnosis.PrintableText;
import io.funcobserver.lineprotocol.Category;
import io.funcobserver.tls.TrustedAuthorities;

/**
 * Posts an empty body to one target for one category.
 *
 * @param prefix of the properties that say where it is
 */
record OneTarget(TargetSettings target, Category category, String subject, String prefix) implements Probe {
    /** For the whole exchange: an answer may drip. */
    static final Duration LONGEST = Duration.ofSeconds(15);

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);
    private static final int SHOWN_BYTES = 2000;
    private static final int SHOWN_CHARACTERS = 150;

    @Override
    public List<String> properties() {
        return List.of(prefix);
    }

    @Override
    public List<Finding> test(Settings settings) {
        String path = category == Category.METRIC ? target.metricPath() : target.loggingPath();
        if (path.isEmpty()) {
            return List.of(Finding.ok(subject, "not sent, since " + prefix + category.id() + "-path is empty"));
        }
        TargetUrl url = TargetUrl.of(target.url(), path);
        URI address = url.uri();
        Endpoint endpoint = url.endpoint(prefix);
        try {
            return List.of(judged(post(address, settings), endpoint, Secrets.of(settings)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of(Finding.fail(subject, "interrupted; run check again"));
        } catch (ConfigurationException e) {
            return List.of(Finding.fail(subject, e.getMessage()));
        } catch (IOException e) {
            return List.of(Finding.fail(
                    subject,
                    NetworkDiagnosis.of(e, endpoint)
                            .orElseGet(() -> endpoint.address() + " does not answer by HTTP; check that " + prefix
                                    + "url points at a receiver")));
        }
    }

    private HttpResponse<InputStream> post(URI address, Settings settings) throws IOException, InterruptedException {
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(shorter(target.connectTimeout()))
                .sslContext(TrustedAuthorities.of(settings).sslContext())
                .build();
        HttpRequest.Builder request = HttpRequest.newBuilder(address)
                .timeout(shorter(target.timeout()))
                .header("Content-Type", "text/plain; charset=utf-8")
                .POST(HttpRequest.BodyPublishers.noBody());
        if (target.authorization() != null) {
            request.header("Authorization", target.authorization());
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    }

    private Finding judged(HttpResponse<InputStream> response, Endpoint endpoint, Secrets secrets) throws IOException {
        int status = response.statusCode();
        String answer = endpoint.address() + " answers " + status + excerpt(response, secrets);
        if (status / 100 == 2 || status == 400 || status == 422) {
            boolean webPage = response.headers()
                    .firstValue("Content-Type")
                    .map(type -> type.toLowerCase(Locale.ROOT).startsWith("text/html"))
                    .orElse(false);
            return webPage
                    ? Finding.fail(subject, answer + " with a web page; point " + paths() + " at a receiver")
                    : Finding.ok(subject, endpoint.address() + " answers " + status + " to an empty body");
        }
        return Finding.fail(subject, answer + "; " + advice(status, response));
    }

    private String advice(int status, HttpResponse<InputStream> response) {
        return switch (status) {
            case 401, 403 -> "correct the token in " + prefix + "url, or " + prefix + "authorization";
            case 404, 405 -> "correct the path or the database in " + paths();
            case 408, 425, 429 -> "delivery would try again; see the receiver's limits";
            case 413, 411, 415 -> "check that " + paths() + " point at a receiver of line protocol";
            default -> {
                if (status / 100 == 3) {
                    yield "give the address it redirects to"
                            + response.headers()
                                    .firstValue("Location")
                                    .map(to ->
                                            " (" + PrintableText.of(to.replaceAll("[?#](?s:.*)", ""), SHOWN_CHARACTERS)
                                                    + ")")
                                    .orElse("")
                            + " as " + prefix + "url";
                }
                yield status >= 500
                        ? "delivery would try again; see the receiver's log"
                        : "check that " + paths() + " point at a receiver of line protocol";
            }
        };
    }

    private String paths() {
        return prefix + "url and " + prefix + category.id() + "-path";
    }

    private static String excerpt(HttpResponse<InputStream> response, Secrets secrets) throws IOException {
        try (InputStream body = response.body()) {
            String text = new String(body.readNBytes(SHOWN_BYTES), StandardCharsets.UTF_8);
            String line = PrintableText.of(secrets.mask(text), SHOWN_CHARACTERS);
            return line.isEmpty() || line.startsWith("<") ? "" : " (" + line + ")";
        }
    }

    private static Duration shorter(Duration timeout) {
        return timeout.compareTo(LONGEST_WAIT) < 0 ? timeout : LONGEST_WAIT;
    }
}
