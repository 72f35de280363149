package io.funcobserver.delivery;

import java.nio.file.Path;

import io.funcobserver.demo.Receiver;
import io.funcobserver.tls.TestAuthority;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.component.http.HttpComponent;
import org.apache.camel.component.http.HttpConstants;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class LazyTlsTest {
    private static final String STORE = "javax.net.ssl.trustStore";
    private static final String PASSWORD = "javax.net.ssl.trustStorePassword";

    @TempDir
    Path folder;

    @AutoClose
    private final CamelContext camel = new DefaultCamelContext();

    @AfterEach
    void forgetStore() {
        System.clearProperty(STORE);
        System.clearProperty(PASSWORD);
    }

    @Test
    void readsTheTrustStoreForTheFirstConnectionThatNeedsIt() throws Exception {
        TestAuthority authority = new TestAuthority(folder, "ip:127.0.0.1");
        LazyTls.use(camel.getComponent("http", HttpComponent.class));
        camel.start();
        try (Receiver plain = Receiver.started();
                Receiver encrypted = Receiver.started(authority.serverContext())) {
            System.setProperty(STORE, folder.resolve("not-there-yet").toString());
            post("http", plain);
            System.setProperty(STORE, authority.store().toString());
            System.setProperty(PASSWORD, TestAuthority.PASSWORD);
            post("https", encrypted);
        }
    }

    /** Through one endpoint of the user's own for both. */
    private void post(String scheme, Receiver target) {
        Exchange answered = camel.createProducerTemplate().request("http:to-be-named", exchange -> {
            exchange.getMessage().setHeader(HttpConstants.HTTP_METHOD, "POST");
            exchange.getMessage()
                    .setHeader(HttpConstants.HTTP_URI, scheme + "://127.0.0.1:" + target.port() + "/v1/write/metric");
        });
        assertThat(answered.getException()).isNull();
        assertThat(answered.getMessage().getHeader(HttpConstants.HTTP_RESPONSE_CODE, int.class))
                .isEqualTo(200);
    }
}
