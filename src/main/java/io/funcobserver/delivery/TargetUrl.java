package io.funcobserver.delivery;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.funcobserver.diagnosis.Endpoint;

/**
 * Where the lines of a category go: the base URL and the category's path, each with a query of its own, made one.
 *
 * <p>What is percent-encoded stays as it is, and what may not stand in a URL is percent-encoded, so a token reaches the
 * receiver exactly as it was configured.
 */
public final class TargetUrl {
    /** Other than visible ASCII, or a percent sign that begins no escape. */
    private static final Pattern NEVER_IN_URL = Pattern.compile("[^!-~]|%(?!\\p{XDigit}{2})");

    private static final Pattern NEVER_IN_PATH = Pattern.compile(NEVER_IN_URL + "|[\"<>{}|\\\\^`\\[\\]]");

    private final String url;

    private TargetUrl(String url) {
        this.url = url;
    }

    /**
     * Joins both.
     *
     * @param base {@code target.url}
     * @param path {@code target.metric-path} or {@code target.logging-path}; empty when the category is not sent
     * @throws IllegalArgumentException for anything but an http or https URL; its message repeats no query
     */
    public static TargetUrl of(String base, String path) {
        if (path == null || path.isBlank()) {
            return new TargetUrl(null);
        }
        String[] left = split(base.strip());
        String[] right = split(path.strip());
        String joined = left[0].replaceAll("/+$", "");
        if (!right[0].isEmpty()) {
            joined += right[0].startsWith("/") ? right[0] : "/" + right[0];
        }
        String query = left[1] + (left[1].isEmpty() || right[1].isEmpty() ? "" : "&") + right[1];
        String whole = encode(query.isEmpty() ? joined : joined + "?" + query);
        check(base, whole);
        return new TargetUrl(whole);
    }

    private static void check(String base, String whole) {
        try {
            URI uri = new URI(whole);
            String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
            if ((scheme.equals("http") || scheme.equals("https")) && uri.getHost() != null) {
                return;
            }
        } catch (URISyntaxException e) {
            // Its message would repeat the token.
        }
        throw new IllegalArgumentException("target.url \"" + withoutSecrets(base)
                + "\" is no http or https URL: give it like http://127.0.0.1:9529");
    }

    /** Path and query; a fragment is never sent, so it goes. */
    private static String[] split(String text) {
        String whole = text.replaceAll("#.*$", "");
        int mark = whole.indexOf('?');
        return mark < 0
                ? new String[] {whole, ""}
                : new String[] {
                    whole.substring(0, mark), whole.substring(mark + 1).replaceAll("^&+|&+$", "")
                };
    }

    private static String encode(String text) {
        int path = text.indexOf('/', text.indexOf("://") + 3);
        // An IPv6 address has brackets.
        int end = path < 0 ? text.length() : path;
        return escape(text.substring(0, end), NEVER_IN_URL) + escape(text.substring(end), NEVER_IN_PATH);
    }

    private static String escape(String text, Pattern unsafe) {
        return unsafe.matcher(text).replaceAll(found -> URLEncoder.encode(found.group(), StandardCharsets.UTF_8)
                .replace("+", "%20"));
    }

    /** Whether the category is sent at all. Where it is not, its points need not be spooled. */
    public boolean isSent() {
        return url != null;
    }

    /** Whether the target is reached by https. */
    public boolean isTls() {
        return isSent() && uri().getScheme().equalsIgnoreCase("https");
    }

    /**
     * The server, for what is said when it cannot be reached.
     *
     * @param prefix of the target's properties, such as {@code target.}
     */
    public Endpoint endpoint(String prefix) {
        URI uri = URI.create(url);
        int port = uri.getPort() >= 0 ? uri.getPort() : isTls() ? 443 : 80;
        return new Endpoint("the receiver", uri.getHost(), port, prefix + "url", "http or https");
    }

    /** Scheme, host and port: nothing in it is secret. */
    public String server() {
        URI uri = URI.create(url);
        return uri.getScheme() + "://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
    }

    /** The whole URL, tokens included: for the request alone, never for a log line. */
    public URI uri() {
        return URI.create(url);
    }

    /** The URL without user and without the values of its query. */
    @Override
    public String toString() {
        return url == null ? "" : withoutSecrets(url);
    }

    private static String withoutSecrets(String text) {
        int mark = text.indexOf('?');
        String address = (mark < 0 ? text : text.substring(0, mark)).replaceAll("//[^/]*@", "//");
        if (mark < 0) {
            return address;
        }
        return address
                + Arrays.stream(text.substring(mark + 1).split("&"))
                        .map(parameter -> parameter.contains("=") ? parameter.replaceAll("=.*", "=…") : "…")
                        .collect(Collectors.joining("&", "?", ""));
    }
}
