package io.funcobserver.diagnosis;

import java.io.EOFException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Optional;
import javax.net.ssl.SSLException;

/** Says in one line why a connection failed and what to do about it. */
public final class NetworkDiagnosis {
    private NetworkDiagnosis() {}

    /** Empty where the failure is not one of the network or of TLS. */
    public static Optional<String> of(Throwable failure, Endpoint endpoint) {
        return Optional.ofNullable(certificate(failure, endpoint))
                .or(() -> Optional.ofNullable(tls(failure, endpoint)))
                .or(() -> Optional.ofNullable(connection(failure, endpoint)));
    }

    private static String certificate(Throwable failure, Endpoint endpoint) {
        String certificate = "the certificate of " + endpoint.address();
        if (Failures.has(failure, CertificateExpiredException.class, CertificateNotYetValidException.class)) {
            return certificate + " is not valid at this time; renew it, or set this machine's clock";
        }
        if (Failures.has(failure, CertPathBuilderException.class, CertPathValidatorException.class)
                || Failures.mentions(failure, "self-signed", "self signed")) {
            return certificate
                    + " comes from an authority that is not trusted; give the authority's PEM file as tls.ca-file";
        }
        if (Failures.mentions(
                failure, "No name matching", "No subject alternative", "doesn't correspond to", "doesn't match")) {
            return certificate + " is made out to another host name; connect by a name that stands in it ("
                    + endpoint.properties() + ")";
        }
        return Failures.has(failure, CertificateException.class)
                ? certificate + " is not accepted; check it, and tls.ca-file"
                : null;
    }

    private static String tls(Throwable failure, Endpoint endpoint) {
        if (Failures.mentions(
                failure,
                "does not support SSL",
                "Unsupported or unrecognized SSL message",
                "ssl not enabled in the server")) {
            return endpoint.address() + " does not speak TLS; correct " + endpoint.properties() + ", or "
                    + endpoint.tlsProperty();
        }
        return Failures.has(failure, SSLException.class)
                ? "TLS with " + endpoint.address() + " failed; check that it speaks TLS there ("
                        + endpoint.tlsProperty() + ") and which versions"
                : null;
    }

    private static String connection(Throwable failure, Endpoint endpoint) {
        if (Failures.has(failure, UnknownHostException.class, UnresolvedAddressException.class)) {
            return "host " + endpoint.host() + " is unknown; correct " + endpoint.properties()
                    + ", or this machine's name resolution";
        }
        if (Failures.has(failure, NoRouteToHostException.class)
                || Failures.mentions(failure, "Network is unreachable")) {
            return "there is no way to " + endpoint.address() + "; check the network and " + endpoint.properties();
        }
        // A pool tries to connect until its own time is over: a refusal is looked for before a time-out.
        boolean late = Failures.has(failure, SocketTimeoutException.class, HttpTimeoutException.class)
                || Failures.mentions(failure, "timed out");
        if (Failures.mentions(failure, "Connection refused")
                || !late && Failures.has(failure, ConnectException.class)) {
            return "nothing listens at " + endpoint.address() + "; start " + endpoint.name() + " or correct "
                    + endpoint.properties();
        }
        if (late) {
            return endpoint.address() + " does not answer in time; check the firewall, the server, "
                    + endpoint.properties() + ", and " + endpoint.tlsProperty();
        }
        return Failures.has(failure, SocketException.class, EOFException.class)
                        || Failures.mentions(failure, "end of stream", "unexpected end")
                ? endpoint.address() + " closed the connection; check that " + endpoint.name()
                        + " is what listens there, and its " + endpoint.tlsProperty()
                : null;
    }
}
