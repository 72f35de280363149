package io.funcobserver.app;

import java.security.GeneralSecurityException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

import io.funcobserver.tls.TrustedAuthorities;
import org.apache.camel.CamelContext;
import org.apache.camel.support.jsse.SSLContextParameters;

/** Gives camel-http the authorities that {@code tls.ca-file} names; it compares host names by itself. */
final class TargetTls extends SSLContextParameters {
    private final TrustedAuthorities authorities;
    private final boolean isUsed;

    /** @param isUsed false where no target is reached by https */
    TargetTls(TrustedAuthorities authorities, boolean isUsed) {
        this.authorities = authorities;
        this.isUsed = isUsed;
    }

    /** The JVM's trust store, which takes a while to read, is only read for a target that needs it. */
    @Override
    public SSLContext createSSLContext(CamelContext camelContext) throws GeneralSecurityException {
        if (isUsed || authorities.file() != null) {
            return authorities.sslContext();
        }
        SSLContext trustsNobody = SSLContext.getInstance("TLS");
        trustsNobody.init(null, new TrustManager[0], null);
        return trustsNobody;
    }
}
