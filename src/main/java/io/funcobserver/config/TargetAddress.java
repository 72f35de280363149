package io.funcobserver.config;

import java.net.URI;
import java.net.URISyntaxException;

import static io.funcobserver.config.PropertyType.require;

/** What {@code target.url} and the paths joined to it may look like. Messages never repeat them: they hold tokens. */
final class TargetAddress {
    private TargetAddress() {}

    static String checkUrl(String value) {
        URI uri = parse(value);
        require(
                "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme()),
                "does not begin with http:// or https://; give an absolute URL like http://127.0.0.1:9529");
        // Of an address with a user and something that is no host, Java knows the whole alone.
        require(
                uri.getRawAuthority() == null || !uri.getRawAuthority().contains("@"),
                "holds a user name or password; take it out and give it as target.authorization (Basic …)");
        require(
                uri.getHost() != null && uri.getPort() <= 65535 && uri.getPort() != 0,
                "has no valid host and port; give a URL like http://127.0.0.1:9529");
        return value;
    }

    static String checkPath(String value) {
        require(
                value.isEmpty() || value.startsWith("/") || value.startsWith("?"),
                "does not begin with /; give a path like /v1/write/metric, or nothing to send none of this category");
        parse("http://host" + value);
        return value;
    }

    private static URI parse(String value) {
        try {
            URI uri = new URI(value);
            require(uri.getRawFragment() == null, "has a part behind #; take it out, or write # as %23");
            return uri;
        } catch (URISyntaxException e) {
            String where = e.getIndex() < 0 ? "" : " at character " + (e.getIndex() + 1);
            // Without the cause, whose message repeats the URL.
            throw new IllegalArgumentException(
                    "is not a valid URL" + where + "; write special characters as %XX, such as %20 for a space");
        }
    }
}
