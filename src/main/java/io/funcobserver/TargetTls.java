package io.funcobserver;

import javax.net.ssl.SSLContext;

import io.funcobserver.tls.TrustedAuthorities;
import org.apache.camel.CamelContext;
import org.apache.camel.support.jsse.SSLContextParameters;

/** Gives camel-http the authorities that {@code tls.ca-file} names; it compares host names by itself. */
final class TargetTls extends SSLContextParameters {
    private final TrustedAuthorities authorities;

    TargetTls(TrustedAuthorities authorities) {
        this.authorities = authorities;
    }

    @Override
    public SSLContext createSSLContext(CamelContext camelContext) {
        return authorities.sslContext();
    }
}
