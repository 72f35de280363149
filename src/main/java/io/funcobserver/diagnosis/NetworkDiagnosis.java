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
        return certificate(failure, endpoint)
                .or(() -> address(failure, endpoint))
                .or(() -> connection(failure, endpoint));
    }

    private static Optional<String> certificate(Throwable failure, Endpoint endpoint) {
        if (Failures.has(failure, CertificateExpiredException.class)
                || Failures.has(failure, CertificateNotYetValidException.class)) {
            return Optional.of("the certificate of " + endpoint.address()
                    + " is not valid at this time; renew it, or set this machine's clock");
        }
        if (Failures.has(failure, CertPathBuilderException.class)
                || Failures.has(failure, CertPathValidatorException.class)
                || Failures.mentions(failure, "self-signed")
                || Failures.mentions(failure, "self signed")) {
            return Optional.of("the certificate of " + endpoint.address()
                    + " comes from an authority that is not trusted; give the authority's PEM file as tls.ca-file");
        }
        if (Failures.mentions(failure, "No name matching")
                || Failures.mentions(failure, "No subject alternative")
                || Failures.mentions(failure, "doesn't correspond to")
                || Failures.mentions(failure, "doesn't match")) {
            return Optional.of("the certificate of " + endpoint.address()
                    + " is made out to another host name; connect by a name that stands in it ("
                    + endpoint.properties() + ")");
        }
        if (Failures.has(failure, CertificateException.class)) {
            return Optional.of(
                    "the certificate of " + endpoint.address() + " is not accepted; check it, and tls.ca-file");
        }
        if (Failures.mentions(failure, "does not support SSL")
                || Failures.mentions(failure, "Unsupported or unrecognized SSL message")
                || Failures.mentions(failure, "ssl not enabled in the server")) {
            return Optional.of(endpoint.address() + " does not speak TLS; correct " + endpoint.properties() + ", or "
                    + endpoint.tlsProperty());
        }
        if (Failures.has(failure, SSLException.class)) {
            return Optional.of("TLS with " + endpoint.address() + " failed; check that it speaks TLS there ("
                    + endpoint.tlsProperty() + ") and which versions");
        }
        return Optional.empty();
    }

    private static Optional<String> address(Throwable failure, Endpoint endpoint) {
        if (Failures.has(failure, UnknownHostException.class)
                || Failures.has(failure, UnresolvedAddressException.class)) {
            return Optional.of("host " + endpoint.host() + " is unknown; correct " + endpoint.properties()
                    + ", or this machine's name resolution");
        }
        if (Failures.has(failure, NoRouteToHostException.class)
                || Failures.mentions(failure, "Network is unreachable")) {
            return Optional.of(
                    "there is no way to " + endpoint.address() + "; check the network and " + endpoint.properties());
        }
        return Optional.empty();
    }

    private static Optional<String> connection(Throwable failure, Endpoint endpoint) {
        // Before the time-outs: a pool tries to connect until its own time is over.
        if (Failures.mentions(failure, "Connection refused")) {
            return Optional.of(nothingListens(endpoint));
        }
        if (Failures.has(failure, SocketTimeoutException.class)
                || Failures.has(failure, HttpTimeoutException.class)
                || Failures.mentions(failure, "timed out")) {
            return Optional.of(endpoint.address() + " does not answer in time; check the firewall, the server, "
                    + endpoint.properties() + ", and " + endpoint.tlsProperty());
        }
        if (Failures.has(failure, ConnectException.class)) {
            return Optional.of(nothingListens(endpoint));
        }
        if (Failures.has(failure, SocketException.class)
                || Failures.has(failure, EOFException.class)
                || Failures.mentions(failure, "end of stream")
                || Failures.mentions(failure, "unexpected end")) {
            return Optional.of(endpoint.address() + " closed the connection; check that " + endpoint.name()
                    + " is what listens there, and its " + endpoint.tlsProperty());
        }
        return Optional.empty();
    }

    private static String nothingListens(Endpoint endpoint) {
        return "nothing listens at " + endpoint.address() + "; start " + endpoint.name() + " or correct "
                + endpoint.properties();
    }
}
