package io.funcobserver.observe.status;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Properties;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.CookieSameSite;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import org.apache.camel.CamelContext;
import org.apache.camel.component.platform.http.main.ManagementHttpServer;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;

/**
 * Serves the status page and its data on Camel's management server: {@code /}, {@code /observe/status.json} and {@code
 * /observe/status/…}. Everything comes out of the jar.
 *
 * <p>Files and the report are read by Vert.x's worker threads, so that who looks never holds up health and metrics.
 */
public final class StatusPage {
    /** Nothing from elsewhere, and nothing that stands in the page itself is run. */
    private static final String CONTENT_SECURITY_POLICY = "default-src 'none'; script-src 'self'; style-src 'self';"
            + " img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private static final String UPLOT = "uplot:";
    private static final String OWN = "io/funcobserver/observe/status/";
    private static final String HTML = "text/html; charset=utf-8";
    private static final String CSS = "text/css; charset=utf-8";
    private static final String JS = "text/javascript; charset=utf-8";

    private record Resource(String place, String type) {}

    /** All that is served; no path of a request ever becomes a path of a file. */
    private static final Map<String, Resource> RESOURCES = Map.of(
            "/", new Resource(OWN + "index.html", HTML),
            "/observe/status/page.css", new Resource(OWN + "page.css", CSS),
            "/observe/status/page.js", new Resource(OWN + "page.js", JS),
            "/observe/status/plots.js", new Resource(OWN + "plots.js", JS),
            "/observe/status/icon.svg", new Resource(OWN + "icon.svg", "image/svg+xml"),
            "/observe/status/uPlot.css", new Resource(UPLOT + "uPlot.min.css", CSS),
            "/observe/status/uPlot.js", new Resource(UPLOT + "uPlot.iife.min.js", JS));

    private static final ObjectMapper JSON = new ObjectMapper();

    private final StatusModel model;
    private final PageAccess access;

    private StatusPage(StatusModel model, PageAccess access) {
        this.model = model;
        this.access = access;
    }

    /**
     * Adds the page to the management server of a Camel that has started, and lets the model keep its history.
     *
     * @param token that page and data want; null or empty for none
     */
    public static void open(CamelContext camel, StatusModel model, String token) {
        ManagementHttpServer server = camel.hasService(ManagementHttpServer.class);
        if (server == null) {
            throw new IllegalStateException("Camel's management server is off; the status page is a part of it");
        }
        VertxPlatformHttpRouter router = server.getRouter();
        StatusPage page = new StatusPage(model, new PageAccess(token));
        RESOURCES.forEach((path, resource) ->
                router.get(path).blockingHandler(request -> page.resource(request, resource), false));
        router.get("/observe/status.json").blockingHandler(page::report, false);
        // No thread of its own; it ends with the server.
        router.vertx().setPeriodic(History.STEP_SECONDS * 1000L, timer -> model.tick());
    }

    private void resource(RoutingContext request, Resource resource) {
        if (!mayPass(request)) {
            return;
        }
        answer(request, 200, resource.type())
                .putHeader("Cache-Control", "no-cache")
                .end(read(resource.place()));
    }

    private void report(RoutingContext request) {
        if (!mayPass(request)) {
            return;
        }
        boolean withHistory = !"false".equals(request.request().getParam("history"));
        try {
            Buffer json = Buffer.buffer(JSON.writeValueAsBytes(model.report(withHistory)));
            answer(request, 200, "application/json").end(json);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @return false when the request is answered already */
    private boolean mayPass(RoutingContext request) {
        if (access.isOpen()) {
            return true;
        }
        String token = request.request().getParam("token");
        if (access.acceptsToken(token)) {
            request.response()
                    .addCookie(Cookie.cookie(PageAccess.COOKIE, access.cookieValue())
                            .setHttpOnly(true)
                            .setSameSite(CookieSameSite.STRICT)
                            .setSecure(request.request().isSSL())
                            .setPath("/"));
            if (!request.request().path().equals("/")) {
                return true;
            }
            // Or the token would stay in the address bar. It is a page and no redirect: a browser that comes from
            // another site sends a SameSite=Strict cookie only with the next request of ours.
            answer(request, 200, HTML).putHeader("Refresh", "0; url=./").end(read(OWN + "welcome.html"));
            return false;
        }
        Cookie cookie = request.request().getCookie(PageAccess.COOKIE);
        if (cookie != null && access.acceptsCookie(cookie.getValue())) {
            return true;
        }
        // The form of the refusal needs its style.
        if (request.request().path().endsWith(".css")) {
            return true;
        }
        answer(request, 401, HTML).end(read(OWN + "token.html"));
        return false;
    }

    private static HttpServerResponse answer(RoutingContext request, int status, String type) {
        return request.response()
                .setStatusCode(status)
                .putHeader("Content-Type", type)
                .putHeader("Content-Security-Policy", CONTENT_SECURITY_POLICY)
                .putHeader("X-Content-Type-Options", "nosniff")
                .putHeader("Referrer-Policy", "no-referrer")
                .putHeader("Cache-Control", "no-store");
    }

    /** The folder of uPlot in its jar, which names its version. Looked up with the first request: the start has enough to do. */
    private static final class Webjar {
        static final String DIST = "META-INF/resources/webjars/uplot/" + version() + "/dist/";

        private static String version() {
            Properties maven = new Properties();
            try (InputStream in = open("META-INF/maven/org.webjars.npm/uplot/pom.properties")) {
                maven.load(in);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return maven.getProperty("version");
        }
    }

    private static Buffer read(String place) {
        try (InputStream in = open(place.startsWith(UPLOT) ? place.replace(UPLOT, Webjar.DIST) : place)) {
            return Buffer.buffer(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InputStream open(String place) throws IOException {
        InputStream in = StatusPage.class.getClassLoader().getResourceAsStream(place);
        if (in == null) {
            throw new IOException(place + " is not in the jar");
        }
        return in;
    }
}
