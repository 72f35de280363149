package io.funcobserver.delivery;

import java.io.IOException;
import java.time.Instant;

import org.apache.camel.Exchange;

/** The requests that wait for one delivery; what its route leaves open. */
public interface SpooledRequests {
    /**
     * Makes the request that the exchange begins with the body.
     *
     * @throws DamagedFileException where it does not hold what was made safe
     */
    void open(Exchange exchange) throws IOException, DamagedFileException;

    /**
     * When the oldest request was made safe that is still to be delivered; null for none.
     *
     * @throws java.io.UncheckedIOException when that cannot be seen
     */
    Instant waitingSince();
}
