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

import static io.funcobserver.diagnosis.Failures.has;
import static io.funcobserver.diagnosis.Failures.mentions;

/** Says in one line why a connection failed and what to do about it. */
public final class NetworkDiagnosis {
    private NetworkDiagnosis() {}

    /** Empty where the failure is not one of the network or of TLS. */
    public static Optional<String> of(Throwable failure, Endpoint endpoint) {
        return Optional.ofNullable(text(failure, endpoint));
    }

    /** The causes overlap: the first that fits says most. */
    private static String text(Throwable failure, Endpoint endpoint) {
        String address = endpoint.address();
        String certificate = "the certificate of " + address;
        if (has(failure, CertificateExpiredException.class, CertificateNotYetValidException.class)) {
            return certificate + " is not valid at this time; renew it, or set this machine's clock";
        }
        if (has(failure, CertPathBuilderException.class, CertPathValidatorException.class)
                || mentions(failure, "self-signed", "self signed")) {
            return certificate
                    + " comes from an authority that is not trusted; give the authority's PEM file as tls.ca-file";
        }
        if (mentions(failure, "No name matching", "No subject alternative", "doesn't correspond to", "doesn't match")) {
            return certificate + " is made out to another host name; connect by a name that stands in it ("
                    + endpoint.properties() + ")";
        }
        if (has(failure, CertificateException.class)) {
            return certificate + " is not accepted; check it, and tls.ca-file";
        }
        if (mentions(
                failure,
                "does not support SSL",
                "Unsupported or unrecognized SSL message",
                "ssl not enabled in the server")) {
            return address + " does not speak TLS; correct " + endpoint.properties() + ", or " + endpoint.tlsProperty();
        }
        if (has(failure, SSLException.class)) {
            return "TLS with " + address + " failed; check that it speaks TLS there (" + endpoint.tlsProperty()
                    + ") and which versions";
        }
        if (has(failure, UnknownHostException.class, UnresolvedAddressException.class)) {
            return "host " + endpoint.host() + " is unknown; correct " + endpoint.properties()
                    + ", or this machine's name resolution";
        }
        if (has(failure, NoRouteToHostException.class) || mentions(failure, "Network is unreachable")) {
            return "there is no way to " + address + "; check the network and " + endpoint.properties();
        }
        // A pool tries to connect until its own time is over: a refusal is looked for before a time-out.
        boolean late = has(failure, SocketTimeoutException.class, HttpTimeoutException.class)
                || mentions(failure, "timed out");
        if (mentions(failure, "Connection refused") || !late && has(failure, ConnectException.class)) {
            return "nothing listens at " + address + "; start " + endpoint.name() + " or correct "
                    + endpoint.properties();
        }
        if (late) {
            return address + " does not answer in time; check the firewall, the server, " + endpoint.properties()
                    + ", and " + endpoint.tlsProperty();
        }
        return has(failure, SocketException.class, EOFException.class)
                        || mentions(failure, "end of stream", "unexpected end")
                ? address + " closed the connection; check that " + endpoint.name() + " is what listens there, and its "
                        + endpoint.tlsProperty()
                : null;
    }
}
