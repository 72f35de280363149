package io.funcobserver.app;

import org.apache.camel.Exchange;
import org.apache.camel.spi.ExceptionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says nothing of a delivery that a stop interrupted: its file is still in place, and every other failure is reported. */
final class Quiet implements ExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(Quiet.class);

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
        LOG.debug("{}", message, exception);
    }
}
