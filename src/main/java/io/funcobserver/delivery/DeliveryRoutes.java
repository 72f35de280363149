package io.funcobserver.delivery;

import io.funcobserver.spool.Category;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.TemplatedRouteBuilder;

/** Makes the routes of a target from the templates in {@code routes/delivery.camel.yaml}. */
public final class DeliveryRoutes {
    private DeliveryRoutes() {}

    /** @param context has the templates */
    public static void add(CamelContext context, Target target) {
        TemplatedRouteBuilder.builder(context, "post")
                .routeId("post-" + target.name())
                .parameter("target", target.name())
                .add();
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
