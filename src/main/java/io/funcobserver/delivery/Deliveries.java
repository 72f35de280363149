package io.funcobserver.delivery;

import java.util.Map;

import io.funcobserver.spool.Category;
import org.apache.camel.Exchange;
import org.apache.camel.Handler;
import org.apache.camel.Processor;

/** The deliveries of all categories, for the steps that their routes share. */
public final class Deliveries {
    /** Exchange variable with the category's id. */
    public static final String CATEGORY = "category";

    private final Map<Category, Delivery> deliveries;

    public Deliveries(Map<Category, Delivery> deliveries) {
        this.deliveries = Map.copyOf(deliveries);
    }

    /** {@link Delivery#answered} of the delivery whose route this is. */
    @Handler
    public void answered(Exchange exchange) throws NotDelivered {
        of(exchange).answered(exchange);
    }

    /** To be called when a step threw. */
    public Processor failed() {
        return exchange ->
                of(exchange).failed(exchange, exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class));
    }

    private Delivery of(Exchange exchange) {
        return deliveries.get(Category.of(exchange.getVariable(CATEGORY, String.class)));
    }
}
