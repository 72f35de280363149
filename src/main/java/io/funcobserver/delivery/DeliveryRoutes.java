package io.funcobserver.delivery;

import java.util.List;

import io.funcobserver.spool.Category;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.TemplatedRouteBuilder;

/** Makes the routes of a target from the templates in {@code routes/}. */
public final class DeliveryRoutes {
    private DeliveryRoutes() {}

    /** @param context has the templates */
    public static void add(CamelContext context, Target target) {
        for (String template : List.of("post", "request")) {
            TemplatedRouteBuilder.builder(context, template)
                    .routeId(template + '-' + target.name())
                    .parameter("target", target.name())
                    .add();
        }
        for (Category category : Category.values()) {
            if (target.url(category).isSent()) {
                TemplatedRouteBuilder.builder(context, "deliver")
                        .routeId("deliver-" + target.name() + '-' + category.id())
                        .parameter("target", target.name())
                        .parameter("category", category.id())
                        .add();
            }
        }
    }
}
