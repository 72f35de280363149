package io.funcobserver.delivery;

import org.apache.camel.component.http.HttpComponent;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;

/**
 * TLS by the JVM's trust store, which is read for the first connection that needs it. The HTTP client would read it at the
 * start, which takes a tenth of a second and two megabytes, where there is plain HTTP alone.
 */
final class LazyTls {
    static final TlsSocketStrategy STRATEGY = (socket, host, port, attachment, context) ->
            OfJvm.STRATEGY.upgrade(socket, host, port, attachment, context);

    private LazyTls() {}

    /** Where a route of the user's own has an {@code http:} endpoint; those of the targets bring their own connections. */
    static void use(HttpComponent component) {
        component.setClientConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                .setTlsSocketStrategy(STRATEGY)
                .setMaxConnTotal(component.getMaxTotalConnections())
                .setMaxConnPerRoute(component.getConnectionsPerRoute())
                .build());
    }

    private static final class OfJvm {
        static final TlsSocketStrategy STRATEGY = DefaultClientTlsStrategy.createDefault();
    }
}
