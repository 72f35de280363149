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
import io.funcobserver.delivery.Target;
import io.funcobserver.delivery.TargetUrl;
import io.funcobserver.diagnosis.Endpoint;
import io.funcobserver.diagnosis.NetworkDiagnosis;
import io.funcobserver.diagnosis.PrintableText;
import io.funcobserver.lineprotocol.Category;
import io.funcobserver.tls.TrustedAuthorities;

/** Posts an empty body to each target's address for one category: no point, but every reason to refuse one. */
public final class TargetProbe extends Probe {
    /** For the whole exchange with one target: an answer may drip. */
    private static final Duration LONGEST = Duration.ofSeconds(15);

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);
    private static final int SHOWN_BYTES = 2000;
    private static final int SHOWN_CHARACTERS = 150;

    private final Category category;

    public TargetProbe(Category category) {
        super("target " + category.id(), "target", "tls.");
        this.category = category;
    }

    @Override
    protected void test(Settings settings, Findings found) {
        boolean named = settings.text("targets") != null;
        for (Target target : Target.all(settings)) {
            String subject = named ? target.name() + ' ' + category.id() : subject();
            within(LONGEST, found, subject, answer -> test(target, settings, answer));
        }
    }

    private void test(Target target, Settings settings, Findings found) throws InterruptedException {
        TargetUrl url = target.url(category);
        if (!url.isSent()) {
            found.ok("not sent, since " + path(target) + " is empty");
            return;
        }
        Endpoint endpoint = url.endpoint(target.prefix());
        try {
            HttpResponse<InputStream> response = post(url.uri(), target.settings(), settings);
            judge(target, response, text(response, Secrets.of(settings)), endpoint.address(), found);
        } catch (IOException e) {
            found.fail(NetworkDiagnosis.of(e, endpoint)
                    .orElseGet(() -> endpoint.address() + " does not answer by HTTP; check that " + target.prefix()
                            + "url points at a receiver"));
        }
    }

    private static HttpResponse<InputStream> post(URI address, TargetSettings target, Settings settings)
            throws IOException, InterruptedException {
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

    private void judge(Target target, HttpResponse<InputStream> response, String text, String address, Findings found) {
        int status = response.statusCode();
        // An empty body may be refused by who would take lines.
        int meant = status == 400 || status == 422 ? 200 : status;
        String shown = text.isEmpty() || text.startsWith("<") ? "" : " (" + text + ")";
        String said = address + " answers " + status + shown + "; ";
        switch (Answer.of(meant, response.headers().firstValue("Content-Type").orElse(null), text)) {
            case ACCEPTED -> found.ok(address + " answers " + status + " to an empty body");
            case NOT_NOW -> found.fail(said + "delivery would try again; see the receiver's limits and its log");
            case MISCONFIGURED -> found.fail(said + target.advice(meant, category, redirect(response)));
            case REJECTED ->
                found.fail(said + "check that " + target.prefix() + "url and " + path(target)
                        + " point at a receiver of line protocol");
        }
    }

    private static String redirect(HttpResponse<InputStream> response) {
        return response.headers()
                .firstValue("Location")
                .map(to -> PrintableText.of(to.replaceAll("[?#](?s:.*)", ""), SHOWN_CHARACTERS))
                .orElse(null);
    }

    private String path(Target target) {
        return target.prefix() + category.id() + "-path";
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
