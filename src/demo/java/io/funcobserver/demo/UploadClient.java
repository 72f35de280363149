package io.funcobserver.demo;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;

/**
 * Posts line protocol as Func's own upload does: HTTP/1.1, a new connection for each request, gzip above 20 kB, a time-out of
 * 10 s, three tries a second apart.
 */
public final class UploadClient {
    private static final int GZIP_ABOVE = 20_000;
    private static final int TIMEOUT_MS = 10_000;
    private static final int TRIES = 3;
    private static final long BETWEEN_TRIES_MS = 1000;

    private final String base;
    private final String query;

    /** @param url as it stands in Func's settings: {@code http://host:9528} or {@code http://host:9528?token=…} */
    public UploadClient(String url) {
        int question = url.indexOf('?');
        this.base = question < 0 ? url : url.substring(0, question);
        this.query = question < 0 ? "" : url.substring(question);
    }

    /**
     * Posts until it is taken, at most three times.
     *
     * @param category {@code metric} or {@code logging}
     * @return whether it was taken; otherwise Func forgets it
     */
    public boolean upload(String category, String lines) throws InterruptedException {
        for (int left = TRIES; left > 0; left--) {
            try {
                if (post(category, lines.getBytes(StandardCharsets.UTF_8)) < 400) {
                    return true;
                }
            } catch (IOException unreachable) {
                // Tried again, like a bad answer.
            }
            if (left > 1) {
                Thread.sleep(BETWEEN_TRIES_MS);
            }
        }
        return false;
    }

    /**
     * Posts once.
     *
     * @return the status
     */
    public int post(String category, byte[] lines) throws IOException {
        boolean packed = lines.length > GZIP_ABOVE;
        byte[] body = packed ? gzip(lines) : lines;
        HttpURLConnection connection =
                (HttpURLConnection) new URL(base + "/v1/write/" + category + query).openConnection();
        connection.setConnectTimeout(TIMEOUT_MS);
        connection.setReadTimeout(TIMEOUT_MS);
        connection.setRequestMethod("POST");
        connection.setRequestProperty("Connection", "close");
        connection.setRequestProperty("Content-Type", "text/plain");
        if (packed) {
            connection.setRequestProperty("Content-Encoding", "gzip");
        }
        connection.setDoOutput(true);
        connection.setFixedLengthStreamingMode(body.length);
        try (OutputStream out = connection.getOutputStream()) {
            out.write(body);
        }
        int status = connection.getResponseCode();
        connection.disconnect();
        return status;
    }

    /** Packed as Func packs it. */
    public static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }
}
