package io.funcobserver.tls;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** An authority made for a test, by the JDK's keytool, and a certificate that it signed for one host name. */
public final class TestAuthority {
    /** Of {@link #store}. */
    public static final String PASSWORD = "changeit";

    private final Path folder;
    private final Path store;

    /** @param host what the server's certificate is made out to, such as {@code dns:localhost} */
    public TestAuthority(Path folder, String host) throws IOException, InterruptedException, GeneralSecurityException {
        this.folder = Files.createDirectories(folder);
        this.store = folder.resolve("server.p12");
        keytool("-genkeypair", "-alias", "ca", "-keyalg", "EC", "-dname", "CN=Test CA", "-ext", "bc:c");
        keytool(
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-dname",
                "CN=server",
                "-signer",
                "ca",
                "-ext",
                "san=" + host);
        Files.writeString(
                caFile(), pem("CERTIFICATE", keys().getCertificate("ca").getEncoded()));
    }

    /** For the JVM's own property {@code javax.net.ssl.trustStore}. */
    public Path store() {
        return store;
    }

    /** For {@code tls.ca-file}. */
    public Path caFile() {
        return folder.resolve("ca.pem");
    }

    /** The server's certificate and the authority's, as PEM. */
    public Path certificateFile() throws IOException, GeneralSecurityException {
        StringBuilder pem = new StringBuilder();
        for (Certificate certificate : keys().getCertificateChain("server")) {
            pem.append(pem("CERTIFICATE", certificate.getEncoded()));
        }
        return Files.writeString(folder.resolve("server.pem"), pem);
    }

    /** The server's key as PEM. */
    public Path keyFile() throws IOException, GeneralSecurityException {
        Key key = keys().getKey("server", PASSWORD.toCharArray());
        return Files.writeString(folder.resolve("server.key"), pem("PRIVATE KEY", key.getEncoded()));
    }

    /** What a server in this JVM speaks TLS with. */
    public SSLContext serverContext() throws IOException, GeneralSecurityException {
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        KeyStore server = keys();
        server.deleteEntry("ca");
        factory.init(server, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        return context;
    }

    private KeyStore keys() throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        return keys;
    }

    private static String pem(String what, byte[] content) {
        return "-----BEGIN " + what + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content) + "\n-----END " + what
                + "-----\n";
    }

    private void keytool(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-keystore", store.toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(output);
        }
    }
}
