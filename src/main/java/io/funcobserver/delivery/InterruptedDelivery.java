package io.funcobserver.delivery;

import org.apache.camel.Exchange;
import org.apache.camel.spi.ExceptionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what ends a delivery before its time.
 *
 * <p>Everything is repeated without end, so only a stop does that, and a stop is no news: the files are in place.
 */
public final class InterruptedDelivery implements ExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(InterruptedDelivery.class);

    @Override
    public void handleException(Throwable exception) {
        handleException(null, null, exception);
    }

    @Override
    public void handleException(String message, Throwable exception) {
        handleException(message, null, exception);
    }

    @Override
    public void handleException(String message, Exchange exchange, Throwable exception) {
        if (exchange != null && Delivery.isStopping(exchange)) {
            LOG.debug("A delivery was interrupted by the stop: {}", exception.toString());
        } else {
            // The class alone: a message from deep down may repeat a URL with its token.
            LOG.error(
                    "A delivery broke off ({}) and starts anew",
                    exception.getClass().getName());
        }
    }
}
