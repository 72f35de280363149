package io.funcobserver.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code target.url} and the paths joined to it. Messages never repeat them: they hold tokens. */
public final class TargetAddress {
    private TargetAddress() {}

    /**
     * Joins a base URL and a path that may have a query: paths follow one another, and so do queries.
     *
     * @param url as {@code target.url} may be
     * @param path as {@code target.metric-path} and {@code target.logging-path} may be
     */
    public static URI join(String url, String path) {
        URI base = URI.create(url);
        int mark = path.indexOf('?');
        String more = mark < 0 ? path : path.substring(0, mark);
        String query = mark < 0 ? "" : path.substring(mark + 1);
        String front = base.getRawPath() == null ? "" : base.getRawPath();
        if (front.endsWith("/") && !more.isEmpty()) {
            front = front.substring(0, front.length() - 1);
        }
        String queries = Stream.of(base.getRawQuery(), query)
                .filter(each -> each != null && !each.isEmpty())
                .collect(Collectors.joining("&"));
        return URI.create(base.getScheme() + "://" + base.getRawAuthority() + front + more
                + (queries.isEmpty() ? "" : "?" + queries));
    }

    static String checkUrl(String value) {
        URI uri = parse(value);
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw new IllegalArgumentException(
                    "does not begin with http:// or https://; give an absolute URL like http://127.0.0.1:9529");
        }
        if (uri.getRawUserInfo() != null || (uri.getHost() == null && hasUserInfo(uri.getRawAuthority()))) {
            throw new IllegalArgumentException(
                    "holds a user name or password; take it out and give it as target.authorization (Basic …)");
        }
        if (uri.getHost() == null || uri.getPort() > 65535 || uri.getPort() == 0) {
            throw new IllegalArgumentException("has no valid host and port; give a URL like http://127.0.0.1:9529");
        }
        if (uri.getRawFragment() != null) {
            throw new IllegalArgumentException("has a part behind #; take it out, or write # as %23");
        }
        return value;
    }

    static String checkPath(String value) {
        if (value.isEmpty()) {
            return value;
        }
        if (!value.startsWith("/") && !value.startsWith("?")) {
            throw new IllegalArgumentException(
                    "does not begin with /; give a path like /v1/write/metric, or nothing to send none of this category");
        }
        URI uri = parse("http://host" + value);
        if (uri.getRawFragment() != null) {
            throw new IllegalArgumentException("has a part behind #; take it out, or write # as %23");
        }
        return value;
    }

    private static boolean hasUserInfo(String authority) {
        return authority != null && authority.contains("@");
    }

    private static URI parse(String value) {
        try {
            return new URI(value);
        } catch (URISyntaxException e) {
            String where = e.getIndex() < 0 ? "" : " at character " + (e.getIndex() + 1);
            // Without the cause, whose message repeats the URL.
            throw new IllegalArgumentException(
                    "is not a valid URL" + where + "; write special characters as %XX, such as %20 for a space");
        }
    }
}
