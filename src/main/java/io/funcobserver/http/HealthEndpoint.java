package io.funcobserver.http;

import java.util.Collection;
import java.util.Map;
import java.util.function.Function;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import org.apache.camel.CamelContext;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckHelper;

/**
 * Answers for the health of the product, in the form of Camel's management server, which stands behind it: in Camel 4.17 that
 * one escapes each message twice, and every URL and path in it is full of backslashes.
 */
final class HealthEndpoint {
    private static final int UP = 200;
    private static final int DOWN = 503;

    private HealthEndpoint() {}

    /** @param path of the health as a whole, in front of {@code /live} and {@code /ready} */
    static void install(Router router, CamelContext camel, String path) {
        Map<String, Function<CamelContext, Collection<HealthCheck.Result>>> kinds = Map.of(
                "", HealthCheckHelper::invoke,
                "/live", HealthCheckHelper::invokeLiveness,
                "/ready", HealthCheckHelper::invokeReadiness);
        kinds.forEach((kind, checks) -> router.get(path + kind)
                .handler(context -> answer(context, checks.apply(camel), !kind.equals("/live"))));
    }

    private static void answer(RoutingContext context, Collection<HealthCheck.Result> results, boolean readiness) {
        boolean withData = "true".equals(context.request().getParam("data"));
        boolean isUp = HealthCheckHelper.isResultsUp(results, readiness);
        JsonArray checks = new JsonArray();
        results.forEach(result -> checks.add(check(result, withData)));
        context.response().setStatusCode(isUp ? UP : DOWN);
        context.json(new JsonObject().put("status", isUp ? "UP" : "DOWN").put("checks", checks));
    }

    private static JsonObject check(HealthCheck.Result result, boolean withData) {
        JsonObject check = new JsonObject()
                .put("name", result.getCheck().getId())
                .put("status", result.getState().name());
        result.getMessage().ifPresent(message -> check.put("message", message));
        if (withData) {
            JsonObject data = new JsonObject();
            result.getDetails()
                    .forEach((name, value) -> data.put(name, value instanceof Number ? value : String.valueOf(value)));
            check.put("data", data);
        }
        return check;
    }
}
