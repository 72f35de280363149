package io.funcobserver.check;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import io.funcobserver.config.Secrets;
import io.funcobserver.config.Settings;
import io.funcobserver.config.TargetSettings;
import io.funcobserver.delivery.Answer;
import io.funcobserver.delivery.TargetUrl;
import io.funcobserver.diagnosis.Endpoint;
import io.funcobserver.diagnosis.NetworkDiagnosis;
import io.funcobserver.diagnosis.PrintableText;
import io.funcobserver.lineprotocol.Category;
import io.funcobserver.tls.TrustedAuthorities;

/** Posts an empty body to one target for one category. */
final class OneTarget extends Probe {
    /** For the whole exchange: an answer may drip. */
    static final Duration LONGEST = Duration.ofSeconds(15);

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);
    private static final int SHOWN_BYTES = 2000;
    private static final int SHOWN_CHARACTERS = 150;

    private final TargetSettings target;
    private final Category category;
    private final String prefix;

    /** @param prefix of the properties that say where it is */
    OneTarget(TargetSettings target, Category category, String subject, String prefix) {
        super(subject, prefix);
        this.target = target;
        this.category = category;
        this.prefix = prefix;
    }

    @Override
    protected void test(Settings settings, Findings found) throws InterruptedException {
        TargetUrl url =
                TargetUrl.of(target.url(), category == Category.METRIC ? target.metricPath() : target.loggingPath());
        if (!url.isSent()) {
            found.ok("not sent, since " + prefix + category.id() + "-path is empty");
            return;
        }
        Endpoint endpoint = url.endpoint(prefix);
        try {
            HttpResponse<InputStream> response = post(url.uri(), settings);
            judge(response, text(response, Secrets.of(settings)), endpoint.address(), found);
        } catch (IOException e) {
            found.fail(NetworkDiagnosis.of(e, endpoint)
                    .orElseGet(() -> endpoint.address() + " does not answer by HTTP; check that " + prefix
                            + "url points at a receiver"));
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

    private void judge(HttpResponse<InputStream> response, String text, String address, Findings found) {
        int status = response.statusCode();
        // An empty body may be refused by who would take lines.
        int meant = status == 400 || status == 422 ? 200 : status;
        Answer answer =
                Answer.of(meant, response.headers().firstValue("Content-Type").orElse(null), text);
        if (answer == Answer.ACCEPTED) {
            found.ok(address + " answers " + status + " to an empty body");
        } else if (meant / 100 == 2) {
            found.fail(address + " answers " + status + " with a web page; point " + paths() + " at a receiver");
        } else {
            String shown = text.isEmpty() || text.startsWith("<") ? "" : " (" + text + ")";
            found.fail(address + " answers " + status + shown + "; " + advice(response, answer));
        }
    }

    private String advice(HttpResponse<InputStream> response, Answer answer) {
        if (answer == Answer.NOT_NOW) {
            return "delivery would try again; see the receiver's limits and its log";
        }
        return switch (response.statusCode()) {
            case 401, 403 -> "correct the token in " + prefix + "url, or " + prefix + "authorization";
            case 404, 405 -> "correct the path or the database in " + paths();
            case 301, 302, 303, 307, 308 ->
                "give the address it redirects to"
                        + response.headers()
                                .firstValue("Location")
                                .map(to -> " (" + PrintableText.of(to.replaceAll("[?#](?s:.*)", ""), SHOWN_CHARACTERS)
                                        + ")")
                                .orElse("")
                        + " as " + prefix + "url";
            default -> "check that " + paths() + " point at a receiver of line protocol";
        };
    }

    private String paths() {
        return prefix + "url and " + prefix + category.id() + "-path";
    }

    private static String text(HttpResponse<InputStream> response, Secrets secrets) throws IOException {
        try (InputStream body = response.body()) {
            String text = new String(body.readNBytes(SHOWN_BYTES), StandardCharsets.UTF_8);
            return PrintableText.of(secrets.mask(text), SHOWN_CHARACTERS);
        }
    }

    private static Duration shorter(Duration timeout) {
        return timeout.compareTo(LONGEST_WAIT) < 0 ? timeout : LONGEST_WAIT;
    }
}
