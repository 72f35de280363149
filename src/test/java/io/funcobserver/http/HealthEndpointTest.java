package io.funcobserver.http;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.funcobserver.demo.FreePort;
import io.funcobserver.observe.HealthState;
import io.funcobserver.observe.HealthStateCheck;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.main.Main;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class HealthEndpointTest {
    private static final String REASON = "http://127.0.0.1:8086/write answered 401: no \"token\" in C:\\x …";

    private final Main camel = new Main();
    private final HealthState health = new HealthState(Clock.systemUTC());
    private String url;

    @BeforeEach
    void start() throws Exception {
        int port = FreePort.next();
        url = "http://127.0.0.1:" + port + "/observe/health";
        camel.setDefaultPropertyPlaceholderLocation("false");
        camel.bind("http-servers", new BoundedServers(router -> {}));
        camel.addOverrideProperty("camel.management.enabled", "true");
        camel.addOverrideProperty("camel.management.host", "127.0.0.1");
        camel.addOverrideProperty("camel.management.port", Integer.toString(port));
        camel.addOverrideProperty("camel.management.health-check-enabled", "true");
        camel.addOverrideProperty("camel.management.health-path", "/observe/health");
        camel.addOverrideProperty("camel.health.exposure-level", "full");
        camel.start();
        HealthCheckRegistry.get(camel.getCamelContext()).register(new HealthStateCheck(health));
    }

    @AfterEach
    void stop() {
        camel.stop();
    }

    private JsonNode get(String path, int status) throws Exception {
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(url + path)).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("content-type")).hasValue("application/json");
        return new ObjectMapper().readTree(answer.body());
    }

    @Test
    void saysWhyItIsDownInTheWordsOfTheReason() throws Exception {
        health.down("target.metric", REASON);
        for (String path : new String[] {"", "/ready"}) {
            JsonNode answer = get(path, 503);
            assertThat(answer.get("status").asText()).isEqualTo("DOWN");
            assertThat(answer.findValuesAsText("message")).singleElement().satisfies(message -> assertThat(message)
                    .startsWith("target.metric down since ")
                    .endsWith(": " + REASON));
        }
        assertThat(get("?data=true", 503).findValuesAsText("target.metric"))
                .singleElement()
                .satisfies(detail -> assertThat(detail).endsWith(REASON));
    }

    @Test
    void livesThoughItIsDownAndIsUpWithWarnings() throws Exception {
        health.down("target.metric", REASON);
        assertThat(get("/live", 200).toString())
                .startsWith("{\"status\":\"UP\"")
                .doesNotContain("func-observer");
        health.up("target.metric");
        health.warn("func", REASON);
        assertThat(get("", 200).findValuesAsText("message")).singleElement().satisfies(message -> assertThat(message)
                .startsWith("func warning since ")
                .endsWith(REASON));
    }
}
