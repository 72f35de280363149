package io.funcobserver.faults;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A certificate authority of a test, made by the JDK's keytool, and the one certificate that it has given out. */
final class Authority {
    private static final char[] PASSWORD = "changeit".toCharArray();

    private final Path folder;
    private final KeyStore store;

    private Authority(Path folder, KeyStore store) {
        this.folder = folder;
        this.store = store;
    }

    /** @param subjectAlternativeName of the server's certificate, such as {@code ip:127.0.0.1} */
    static Authority in(Path folder, String subjectAlternativeName) throws Exception {
        Files.createDirectories(folder);
        keytool(folder, "-alias", "ca", "-dname", "CN=Authority of a test", "-ext", "bc:c");
        keytool(
                folder,
                "-alias",
                "server",
                "-signer",
                "ca",
                "-dname",
                "CN=Server of a test",
                "-ext",
                "SAN=" + subjectAlternativeName);
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(folder.resolve("keys.p12"))) {
            store.load(in, PASSWORD);
        }
        Authority authority = new Authority(folder, store);
        authority.write("ca.pem", "CERTIFICATE", store.getCertificate("ca").getEncoded());
        authority.write(
                "server.pem", "CERTIFICATE", store.getCertificate("server").getEncoded());
        authority.write(
                "server.key", "PRIVATE KEY", store.getKey("server", PASSWORD).getEncoded());
        return authority;
    }

    private static void keytool(Path folder, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "RSA",
                "-keysize",
                "2048",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                folder.resolve("keys.p12").toString(),
                "-storepass",
                new String(PASSWORD)));
        command.addAll(List.of(arguments));
        Path log = folder.resolve("keytool.log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException("keytool failed: " + Files.readString(log));
        }
    }

    private void write(String name, String kind, byte[] content) throws IOException {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        Files.writeString(
                folder.resolve(name), "-----BEGIN " + kind + "-----\n" + base64 + "\n-----END " + kind + "-----\n");
    }

    /** The authority's own certificate, as {@code tls.ca-file} takes it. */
    Path ca() {
        return folder.resolve("ca.pem");
    }

    Path certificate() {
        return folder.resolve("server.pem");
    }

    Path key() {
        return folder.resolve("server.key");
    }

    /** For a server that shows the certificate. */
    SSLContext server() throws GeneralSecurityException, IOException {
        KeyStore alone = KeyStore.getInstance("PKCS12");
        alone.load(null, PASSWORD);
        Key key = store.getKey("server", PASSWORD);
        alone.setKeyEntry("server", key, PASSWORD, new Certificate[] {store.getCertificate("server")});
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(alone, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }
}
