package io.funcobserver.tls;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

import io.funcobserver.config.ConfigurationException;
import io.funcobserver.config.Settings;

/** The authorities that vouch for MySQL, Redis, Kafka and the target: those of {@code tls.ca-file}, else the JVM's. */
public final class TrustedAuthorities {
    private final Path file;

    private TrustedAuthorities(Path file) {
        this.file = file;
    }

    public static TrustedAuthorities of(Settings settings) {
        String file = settings.text("tls.ca-file");
        return new TrustedAuthorities(file == null ? null : Path.of(file));
    }

    /** The PEM file, or null for the JVM's trust store. */
    public Path file() {
        return file;
    }

    /**
     * Trusts these authorities and no others.
     *
     * @throws ConfigurationException if the file cannot be read or holds no certificate
     */
    public SSLContext sslContext() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, file == null ? null : trustManagers(certificates()), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("the JVM offers no TLS", e);
        }
    }

    private Collection<? extends Certificate> certificates() {
        try (InputStream in = Files.newInputStream(file)) {
            Collection<? extends Certificate> certificates =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (certificates.isEmpty()) {
                throw new ConfigurationException(problem("holds no certificate; give one in PEM form"));
            }
            return certificates;
        } catch (NoSuchFileException e) {
            throw new ConfigurationException(problem("does not exist; give the path of a PEM file"), e);
        } catch (IOException e) {
            throw new ConfigurationException(problem("cannot be read; give a PEM file that this user may read"), e);
        } catch (CertificateException e) {
            throw new ConfigurationException(problem("is no PEM file of certificates; export it again as PEM"), e);
        }
    }

    private static TrustManager[] trustManagers(Collection<? extends Certificate> certificates)
            throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        int number = 0;
        for (Certificate certificate : certificates) {
            store.setCertificateEntry("authority-" + number++, certificate);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private String problem(String text) {
        return "tls.ca-file: " + file + " " + text;
    }
}
